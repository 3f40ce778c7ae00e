using KvCluster.Protocol.Identity;

namespace KvCluster.Client.Topology;

/// <summary>The newest time that one node has shown, from which request ids take their stamp.</summary>
/// <remarks>
/// A stamp must not be later than the first execution of its request, so it comes from answers only: revisions, and the Date header,
/// which a server sets from the clock that its revisions follow. It is kept for each node, because clocks of different nodes may
/// differ by more than a server tolerates in a stamp.
/// </remarks>
internal sealed class NodeClock
{
    private ulong _newest;

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

    public void Observe(DateTimeOffset date) => Observe(Revision.FromMilliseconds(date.ToUnixTimeMilliseconds()));
}
