using KvCluster.Core.Commands;

namespace KvCluster.Core.State;

/// <summary>The remembered requests of one client, by sequence.</summary>
internal sealed class DedupClient
{
    // Sequences come nearly in order, so a sorted array is both small and fast.
    private readonly SortedList<ulong, DedupRecord> _bySequence = [];

    /// <summary>Every lower sequence counts as answered. Always the highest that a remembered record names, so that it follows from the rows.</summary>
    public ulong FirstIncomplete { get; private set; }

    public bool IsEmpty => _bySequence.Count == 0;
    public bool IsFull => _bySequence.Count >= CommandLimits.RequestsPerClientMax;
    public ulong Lowest => _bySequence.GetKeyAtIndex(0);

    public bool TryGet(ulong sequence, out DedupRecord? record) => _bySequence.TryGetValue(sequence, out record);

    public void Add(DedupRecord record)
    {
        _bySequence.Add(record.Sequence, record);
        FirstIncomplete = Math.Max(FirstIncomplete, record.Facts.FirstIncomplete);
    }

    /// <summary>Takes out the lowest record if it is below <paramref name="bound"/>.</summary>
    public DedupRecord? TakeBelow(ulong bound)
    {
        if (IsEmpty || Lowest >= bound) return null;
        var lowest = _bySequence.GetValueAtIndex(0);
        _bySequence.RemoveAt(0);
        return lowest;
    }

    public void Remove(DedupRecord record) => _bySequence.Remove(record.Sequence);

    public void RecountFirstIncomplete() => FirstIncomplete = IsEmpty ? 0 : _bySequence.Values.Max(record => record.Facts.FirstIncomplete);
}
