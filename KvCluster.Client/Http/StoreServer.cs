using System.Diagnostics.CodeAnalysis;

namespace KvCluster.Client.Http;

/// <summary>What the client knows of one server, by its address. Lives as long as the client, whatever part the server plays.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The source has neither timer nor wait handle, so there is nothing to dispose of.")]
public sealed class StoreServer
{
    private readonly Lock _gate = new();
    private CancellationTokenSource _demoted = new();
    private int _active = 1;
    private long _pending;
    private long _lastAnswer;
    private long _servedReads;
    private long _servedWrites;

    internal StoreServer(Uri address)
    {
        Address = address;
        Base = address.GetLeftPart(UriPartial.Authority);
    }

    public Uri Address { get; }

    /// <summary>False after a request or a check failed; true again after one succeeded.</summary>
    public bool IsActive => Volatile.Read(ref _active) != 0;

    /// <summary>Scheme, host and port without a slash at the end.</summary>
    internal string Base { get; }

    /// <summary>Requests under way that only a main can answer.</summary>
    internal long PendingCount => Volatile.Read(ref _pending);
    internal long LastAnswer => Volatile.Read(ref _lastAnswer);

    /// <summary>Cancelled when the topology names another main in this server's place, so that nobody waits for it any longer.</summary>
    internal CancellationToken Demoted
    {
        get
        {
            lock (_gate) return _demoted.Token;
        }
    }

    /// <summary>Another number than before: it has carried out a write, or a read, since.</summary>
    internal long Served(bool isWrite) => Volatile.Read(ref isWrite ? ref _servedWrites : ref _servedReads);

    // Two that count at the same moment may count as one: nobody asks how many there were.
    internal void OnServed(bool isWrite)
    {
        ref var served = ref isWrite ? ref _servedWrites : ref _servedReads;
        Volatile.Write(ref served, Volatile.Read(ref served) + 1);
    }

    internal bool TryMarkActive() => Interlocked.Exchange(ref _active, 1) == 0;
    internal bool TryMarkInactive() => Interlocked.Exchange(ref _active, 0) == 1;

    internal void OnSending(long now)
    {
        // The first pending request starts the clock that tells a server which does not answer from one that is not asked.
        if (Interlocked.Increment(ref _pending) == 1) Volatile.Write(ref _lastAnswer, now);
    }

    internal void OnAnswered(long now)
    {
        Volatile.Write(ref _lastAnswer, now);
        Interlocked.Decrement(ref _pending);
    }

    internal void OnAbandoned() => Interlocked.Decrement(ref _pending);

    internal void Demote()
    {
        CancellationTokenSource old;
        lock (_gate)
        {
            old = _demoted;
            _demoted = new CancellationTokenSource();
        }

        // Not disposed: a request may be about to register with its token.
        old.Cancel();
    }

    public override string ToString() => Base;
}
