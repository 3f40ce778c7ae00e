using KvCluster.Node.Control;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

/// <summary>A register that every server reaches, and whose trouble a test orders, one operation at a time.</summary>
internal sealed class MemoryRegister(ClusterTopology document) : ITopologyRegister
{
    private readonly Lock _lock = new();
    private readonly Queue<RegisterTrouble> _troubles = new();

    public ClusterTopology Document { get; private set; } = document;
    public int Writes { get; private set; }
    public bool IsOutOfReach { get; set; }

    /// <summary>Every operation waits for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;
    public int Operations { get; private set; }

    /// <summary>What goes wrong with the next compare-and-set that nothing has gone wrong with yet.</summary>
    public void Spoil(RegisterTrouble trouble) => _troubles.Enqueue(trouble);

    public async Task<ClusterTopology?> ReadAsync(CancellationToken cancellation)
    {
        // Whoever reads lets the others read too, so that several of them write on the same version.
        await Task.Yield();
        lock (_lock) Operations++;
        await Gate.WaitAsync(cancellation);
        lock (_lock) return IsOutOfReach ? null : Document;
    }

    public async Task<RegisterOutcome> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        await Task.Yield();
        lock (_lock) Operations++;
        await Gate.WaitAsync(cancellation);
        lock (_lock)
        {
            if (IsOutOfReach) return RegisterOutcome.Unavailable;
            var trouble = _troubles.TryDequeue(out var ordered) ? ordered : RegisterTrouble.None;
            if (trouble == RegisterTrouble.RequestLost) return RegisterOutcome.Unknown;
            if (Document.Version != expectedVersion) return RegisterOutcome.Conflict;
            (Document, Writes) = (document, Writes + 1);
            return trouble == RegisterTrouble.ReplyLost ? RegisterOutcome.Unknown : RegisterOutcome.Written;
        }
    }
}
