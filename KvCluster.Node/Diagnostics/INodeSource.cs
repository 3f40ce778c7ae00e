namespace KvCluster.Node.Diagnostics;

/// <summary>How things stand in this server now, for gauges. Called by whoever collects, from any thread; a null is no measurement.</summary>
internal interface INodeSource
{
    /// <summary>One of <see cref="NodeGauges.States"/>.</summary>
    string State { get; }

    /// <summary>A main with one copy where there should be two.</summary>
    bool IsDegraded { get; }
    long LagEntries { get; }
    double? LagSeconds { get; }
    long BacklogBytes { get; }
    int InSync { get; }
    long CatchUpEntries { get; }
    long LogBytes { get; }
    long LogEntries { get; }
    long Keys { get; }
    long TopologyVersion { get; }
}
