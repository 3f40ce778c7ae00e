namespace KvCluster.Tests.Simulation;

/// <summary>Connections between two machines, each in order by itself.</summary>
internal enum NetworkChannel
{
    Beacons,
    Entries,

    /// <summary>Requests and answers of clients, each on a connection of its own.</summary>
    Requests,

    /// <summary>Questions to the master, its answers and its news.</summary>
    Control,
}
