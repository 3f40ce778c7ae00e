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

    /// <summary>Thrown by every operation while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What others made of the document by the time that a request was lost.</summary>
    public ClusterTopology? OvertakenBy { get; set; }

    /// <summary>The documents that were handed in, one for each attempt.</summary>
    public List<ClusterTopology> Attempts { get; } = [];

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
        if (Failure is { } failure) throw failure;
        lock (_lock) return IsOutOfReach ? null : Document;
    }

    public async Task<CompareAndSetResult> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        await Task.Yield();
        lock (_lock) Operations++;
        await Gate.WaitAsync(cancellation);
        if (Failure is { } failure) throw failure;
        lock (_lock)
        {
            Attempts.Add(document);
            if (IsOutOfReach) return new CompareAndSetResult(RegisterOutcome.Unavailable);
            var trouble = _troubles.TryDequeue(out var ordered) ? ordered : RegisterTrouble.None;
            if (trouble == RegisterTrouble.RequestLost) Document = OvertakenBy ?? Document;
            if (trouble == RegisterTrouble.RequestLost) return new CompareAndSetResult(RegisterOutcome.Unknown);
            if (trouble == RegisterTrouble.NotReady) return new CompareAndSetResult(RegisterOutcome.NotReady, Document);
            if (Document.Version != expectedVersion) return RegisterDocument.Settle(Document, expectedVersion, document);
            (Document, Writes) = (trouble == RegisterTrouble.OtherAttemptDecided ? document with { NextMigrationId = document.NextMigrationId + 100 } : document, Writes + 1);
            if (trouble == RegisterTrouble.Broken) throw new IOException("The response ended prematurely.");
            IsOutOfReach = trouble == RegisterTrouble.ReplyLostForGood;
            return trouble is RegisterTrouble.ReplyLost or RegisterTrouble.ReplyLostForGood
                ? new CompareAndSetResult(RegisterOutcome.Unknown)
                : new CompareAndSetResult(RegisterOutcome.Written, Document);
        }
    }
}
