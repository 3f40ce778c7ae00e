using System.Diagnostics;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>When writes were acknowledged, whoever wrote them.</summary>
internal sealed class AcknowledgementLog
{
    private readonly Lock _gate = new();
    private List<long> _moments = [];

    public void Add()
    {
        lock (_gate) _moments.Add(Stopwatch.GetTimestamp());
    }

    public int Count
    {
        get
        {
            lock (_gate) return _moments.Count;
        }
    }

    /// <summary>Forgets everything so far.</summary>
    public void Clear()
    {
        lock (_gate) _moments = [];
    }

    /// <summary>The acknowledgement that ended the longest silence since <paramref name="from"/>; silence that lasts counts for nothing.</summary>
    public Silence LongestSince(long from)
    {
        long[] moments;
        lock (_gate) moments = [.. _moments];
        var longest = new Silence(from, from);
        var last = from;
        foreach (var moment in moments.Where(moment => moment > from))
        {
            if (moment - last > longest.End - longest.Start)
                longest = new Silence(last, moment);
            last = moment;
        }

        return longest;
    }
}
