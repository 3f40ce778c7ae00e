using KvCluster.Node.Diagnostics;
using KvCluster.Node.Options;
using KvCluster.Node.Peer;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Host;

/// <summary>What a data server is made of.</summary>
/// <param name="Register">Takes over connections on the peer port that carry messages of the topology register.</param>
internal sealed record DataServerParts(
    KvNodeOptions Options,
    IServerStorage Storage,
    IConfigurationPort Configuration,
    NodeMetrics Metrics,
    Action<FrameSocket, PeerHello> Register,
    ILoggerFactory Loggers);
