using KvCluster.Core.Log;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>Which epoch each entry of a log is of, kept as the places where epochs begin.</summary>
internal sealed class EpochMap(LogPosition origin, IEnumerable<EpochStart> starts)
{
    private readonly List<EpochStart> _starts = [.. starts];

    /// <summary>The entry before the first one that is kept.</summary>
    public LogPosition Base { get; private set; } = origin;
    public IReadOnlyList<EpochStart> Starts => _starts.ToArray();

    public void Note(Epoch epoch, LogIndex index)
    {
        if (_starts.Count == 0 || _starts[^1].Epoch != epoch) _starts.Add(new EpochStart(epoch, index));
    }

    public Epoch At(LogIndex index)
    {
        for (var i = _starts.Count - 1; i >= 0; i--)
            if (_starts[i].First <= index) return _starts[i].Epoch;
        return Base.Epoch;
    }

    public void TruncateFrom(LogIndex from) => _starts.RemoveAll(start => start.First >= from);

    public void TrimTo(LogIndex upTo)
    {
        var epoch = At(upTo);
        Base = new LogPosition(epoch, upTo);
        _starts.RemoveAll(start => start.First <= upTo && start.Epoch < epoch);
        if (_starts.Count > 0 && _starts[0].First <= upTo) _starts[0] = _starts[0] with { First = upTo.Next };
        if (_starts.Count > 1 && _starts[1].First <= upTo.Next) _starts.RemoveAt(0);
    }

    public void Reset(LogPosition origin)
    {
        Base = origin;
        _starts.Clear();
    }

    /// <remarks>
    /// An epoch has one main, so its entries are the same wherever they are: in the newest epoch that both logs know, the shorter run
    /// is common to both (KIP-279).
    /// </remarks>
    public LogIndex? LastCommon(LogIndex ownLast, LogReport other)
    {
        for (var i = other.EpochStarts.Count - 1; i >= 0; i--)
        {
            var (epoch, first) = other.EpochStarts[i];
            var otherEnd = i + 1 < other.EpochStarts.Count ? other.EpochStarts[i + 1].First.Previous : other.Last.Index;
            if (RunOf(epoch, ownLast) is not var (ownFirst, ownEnd)) continue;
            var end = LogIndex.Min(otherEnd, ownEnd);
            if (end >= LogIndex.Max(first, ownFirst)) return end;
        }

        if (other.Base.Index >= Base.Index && other.Base.Index <= ownLast && At(other.Base.Index) == other.Base.Epoch) return other.Base.Index;
        return other.Base.Index <= Base.Index && EpochIn(other, Base.Index) == Base.Epoch ? Base.Index : null;
    }

    private (LogIndex First, LogIndex End)? RunOf(Epoch epoch, LogIndex ownLast)
    {
        for (var i = 0; i < _starts.Count; i++)
            if (_starts[i].Epoch == epoch)
                return (_starts[i].First, i + 1 < _starts.Count ? _starts[i + 1].First.Previous : ownLast);
        return null;
    }

    private static Epoch? EpochIn(LogReport log, LogIndex index)
    {
        if (index > log.Last.Index) return null;
        for (var i = log.EpochStarts.Count - 1; i >= 0; i--)
            if (log.EpochStarts[i].First <= index) return log.EpochStarts[i].Epoch;
        return index == log.Base.Index ? log.Base.Epoch : null;
    }
}
