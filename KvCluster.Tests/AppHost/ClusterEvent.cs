using KvCluster.AppHost.Embedded;

namespace KvCluster.Tests.AppHost;

/// <summary>One call of the reporter.</summary>
internal sealed record ClusterEvent(string Kind, string? Server = null, int Number = 0, string? Text = null, ClusterView? View = null);
