namespace KvCluster.AppHost.Plan;

/// <summary>The three TCP ports of a server.</summary>
/// <param name="Http">Clients, cluster requests, health.</param>
/// <param name="Peer">Replication and register, between servers only.</param>
/// <param name="Resp">Redis protocol; reserved so that it can be opened later without moving the others.</param>
public readonly record struct ServerPorts(int Http, int Peer, int Resp);
