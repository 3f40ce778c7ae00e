using System.Collections.Immutable;

namespace KvCluster.AppHost.Plan;

/// <summary>A node of the first cluster: its main and, unless replication is off, its replica.</summary>
public sealed record NodePlan(string Name, ImmutableArray<ServerPlan> Servers);
