namespace KvCluster.Node.Diagnostics;

/// <summary>One node as the master saw it last.</summary>
/// <param name="Copies">Servers in sync; zero when its main does not serve.</param>
/// <param name="LagEntries">Entries its replica lacks, as its main says.</param>
internal sealed record ClusterNodeReading(string Name, int Copies, long LagEntries);
