using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>
/// Decides up to which revision the ids of requests may be forgotten: up to what this server had applied a whole window ago, by its
/// monotonic clock. The wall clock plays no part, because a jump of it would forget requests whose clients still retry.
/// </summary>
public sealed class DedupWindow(long windowMicroseconds)
{
    private const int SamplesPerWindow = 10;
    private readonly Queue<(long At, Revision Applied)> _samples = new();
    private long _sampledAt = long.MinValue / 2;

    /// <summary>Called often; the newest horizon that is due, once, and nothing in between.</summary>
    /// <param name="microseconds">The monotonic clock.</param>
    /// <param name="applied">Revision of the newest applied entry.</param>
    public Revision? Pass(long microseconds, Revision applied)
    {
        if (microseconds - _sampledAt >= windowMicroseconds / SamplesPerWindow)
        {
            _sampledAt = microseconds;
            _samples.Enqueue((microseconds, applied));
        }

        Revision? due = null;
        while (_samples.TryPeek(out var oldest) && microseconds - oldest.At >= windowMicroseconds) due = _samples.Dequeue().Applied;
        return due;
    }
}
