using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Replication;

/// <summary>Since when the other server lacks something: remembers when the log had which end, until the other server has it too.</summary>
/// <remarks>Told at every tick of the core, so it is right to a tick. When the other server is away for long, the moments in the middle are forgotten, never the oldest.</remarks>
internal sealed class LagClock
{
    private const int MomentsMax = 1_024;
    private readonly Queue<(LogIndex Last, long At)> _moments = new();
    private LogIndex _newest;

    /// <returns>How long the oldest entry that is missing there has been in the log, in microseconds; zero when nothing is missing.</returns>
    public long Observe(LogIndex last, LogIndex? match, long now)
    {
        if (match is not { } there)
        {
            _moments.Clear();
            _newest = LogIndex.Zero;
            return 0;
        }

        if (last < _newest) _moments.Clear();
        if (last != _newest && _moments.Count < MomentsMax) _moments.Enqueue((last, now));
        _newest = last;
        while (_moments.Count > 0 && _moments.Peek().Last <= there) _moments.Dequeue();
        return _moments.Count == 0 ? 0 : now - _moments.Peek().At;
    }
}
