using System.Collections.Immutable;

namespace KvCluster.Hosting.Plan;

/// <summary>A node of the first cluster: its main and, unless replication is off, its replica.</summary>
internal sealed record NodePlan(string Name, ImmutableArray<ServerPlan> Servers);
