namespace KvCluster.Hosting.Plan;

/// <summary>The three TCP ports of a server.</summary>
/// <param name="Http">Clients, cluster requests, health.</param>
/// <param name="Peer">Replication and register, between servers only.</param>
/// <param name="Resp">Redis protocol; the third port of a server that holds data.</param>
internal readonly record struct ServerPorts(int Http, int Peer, int Resp);
