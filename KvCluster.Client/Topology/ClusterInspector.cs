using System.Text.Json.Serialization.Metadata;
using KvCluster.Client.Http;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Client.Topology;

/// <summary>Answers questions about the cluster itself, by any server that can.</summary>
public sealed class ClusterInspector
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    private readonly ClusterTopologyManager _topology;
    private readonly ServerDirectory _directory;
    private readonly ServerQuery _query;

    internal ClusterInspector(ClusterTopologyManager topology, ServerDirectory directory, ServerQuery query)
    {
        _topology = topology;
        _directory = directory;
        _query = query;
    }

    /// <summary>The newest topology that the cluster gives now.</summary>
    /// <exception cref="KvUnavailableException">No server answered.</exception>
    public async Task<ClusterTopology> GetTopologyAsync(CancellationToken cancellationToken = default)
    {
        await _topology.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return (await _topology.RequireAsync(cancellationToken).ConfigureAwait(false)).Topology;
    }

    /// <summary>What every server says about itself; those that do not answer are named as unreachable.</summary>
    /// <exception cref="KvUnavailableException">No server answered.</exception>
    public Task<ClusterStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        AskAnyAsync("/cluster/status?scope=cluster", KvJson.Default.ClusterStatus, cancellationToken);

    /// <summary>Who is master, as the first server that answers knows it.</summary>
    /// <exception cref="KvUnavailableException">No server answered.</exception>
    public Task<MasterAnswer> GetMasterAsync(CancellationToken cancellationToken = default) =>
        AskAnyAsync("/cluster/master", KvJson.Default.MasterAnswer, cancellationToken);

    private async Task<T> AskAnyAsync<T>(string target, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        foreach (StoreServer server in await _directory.CandidatesAsync(_topology.Routing, cancellationToken).ConfigureAwait(false))
        {
            if (await _query.AskAsync(server, target, type, AskTimeout, cancellationToken).ConfigureAwait(false) is { } answer) return answer;
        }

        throw new KvUnavailableException("No server of the cluster answered.") { Code = ProblemCode.NotReady, IsTransient = true };
    }
}
