using KvCluster.Node.Control;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

/// <summary>A register in memory, which several servers of a test share, and which can lose answers or keep silent.</summary>
internal sealed class MemoryRegister(ClusterTopology? first = null) : ITopologyRegister
{
    private readonly Lock _gate = new();
    private ClusterTopology? _document = first;
    private int _reads;

    public int Reads => Volatile.Read(ref _reads);

    /// <summary>The answer to the next write is lost, after it was written.</summary>
    public bool LosesNextAnswer { get; set; }

    /// <summary>Reads wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<ClusterTopology?> ReadAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _reads);
        await Gate.WaitAsync(cancellation);
        lock (_gate) return _document;
    }

    public Task<RegisterOutcome> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if ((_document?.Version ?? 0) != expectedVersion) return Task.FromResult(RegisterOutcome.Conflict);
            _document = document;
            if (!LosesNextAnswer) return Task.FromResult(RegisterOutcome.Written);
            LosesNextAnswer = false;
            return Task.FromResult(RegisterOutcome.Unknown);
        }
    }
}
