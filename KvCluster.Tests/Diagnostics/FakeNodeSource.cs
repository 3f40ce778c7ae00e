using KvCluster.Node.Diagnostics;

namespace KvCluster.Tests.Diagnostics;

/// <summary>A server that is whatever the test says.</summary>
internal sealed class FakeNodeSource : INodeSource
{
    public string State { get; set; } = "starting";
    public bool IsDegraded { get; set; }
    public long LagEntries { get; set; }
    public double? LagSeconds { get; set; }
    public long BacklogBytes { get; set; }
    public int InSync { get; set; }
    public long CatchUpEntries { get; set; }
    public long LogBytes { get; set; }
    public long LogEntries { get; set; }
    public long Keys { get; set; }
    public long TopologyVersion { get; set; }
}
