using KvCluster.Node.Diagnostics;
using KvCluster.Node.Options;
using KvCluster.Node.Peer;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Host;

/// <summary>What a data server is made of.</summary>
/// <param name="Port">The peer port, which knows who this server is.</param>
internal sealed record DataServerParts(
    KvNodeOptions Options,
    IServerStorage Storage,
    IConfigurationPort Configuration,
    NodeMetrics Metrics,
    PeerListener Port,
    ILoggerFactory Loggers);
