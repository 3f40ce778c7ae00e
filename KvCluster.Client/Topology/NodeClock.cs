using KvCluster.Client.Http;
using KvCluster.Protocol.Identity;

namespace KvCluster.Client.Topology;

/// <summary>The newest time that one node has shown, from which request ids take their stamp.</summary>
/// <remarks>
/// A stamp must not be later than the first execution of its request, so it comes from answers only: revisions, and the Date header,
/// which a server sets from the clock that its revisions follow. It is kept for each node, because clocks of different nodes may
/// differ by more than a server tolerates in a stamp; a node that has not answered yet borrows the time of whoever gave the topology.
/// </remarks>
internal sealed class NodeClock(TimeProvider time)
{
    private static readonly TimeSpan DateInterval = TimeSpan.FromSeconds(1);

    private ulong _newest;
    private long _dateRead;

    public Revision Newest => new(Volatile.Read(ref _newest));

    public void Observe(Revision revision)
    {
        var seen = Volatile.Read(ref _newest);
        while (revision.Value > seen)
        {
            var before = Interlocked.CompareExchange(ref _newest, revision.Value, seen);
            if (before == seen) return;
            seen = before;
        }
    }

    /// <summary>Takes the Date of an answer, at most once a second: a client that only reads sees no new revisions.</summary>
    public void ObserveDate(StoreAnswer answer)
    {
        var now = time.GetTimestamp();
        var read = Volatile.Read(ref _dateRead);
        if (read != 0 && time.GetElapsedTime(read, now) < DateInterval) return;
        Volatile.Write(ref _dateRead, now);
        if (answer.Date is { } date) Observe(Revision.FromMilliseconds(date.ToUnixTimeMilliseconds()));
    }
}
