namespace KvCluster.Node.Diagnostics;

/// <summary>The whole cluster as the master saw it last.</summary>
/// <param name="ServersByState">How many servers are in each state, the unreachable ones too.</param>
internal sealed record ClusterReading(int SlotsServed, int SlotsUnserved, IReadOnlyDictionary<string, int> ServersByState, IReadOnlyList<ClusterNodeReading> Nodes);
