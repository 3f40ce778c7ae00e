namespace KvCluster.Tests.Simulation;

/// <summary>What will happen, by time and then in the order in which it was asked for: a binary heap that never depends on anything else.</summary>
internal sealed class EventQueue
{
    private Entry[] _heap = new Entry[256];
    private int _count;
    private long _asked;

    public int Count => _count;
    public long NextAt => _heap[0].At;

    public void Add(long at, Action happen)
    {
        if (_count == _heap.Length) Array.Resize(ref _heap, _count * 2);
        var entry = new Entry(at, _asked++, happen);
        var place = _count++;
        while (place > 0)
        {
            var parent = (place - 1) / 2;
            if (!entry.IsBefore(_heap[parent])) break;
            _heap[place] = _heap[parent];
            place = parent;
        }

        _heap[place] = entry;
    }

    public (long At, Action Happen) Take()
    {
        var first = _heap[0];
        var last = _heap[--_count];
        _heap[_count] = default;
        if (_count > 0) Sink(last);
        return (first.At, first.Happen);
    }

    private void Sink(in Entry entry)
    {
        var place = 0;
        for (var child = 1; child < _count; child = (place * 2) + 1)
        {
            if (child + 1 < _count && _heap[child + 1].IsBefore(_heap[child])) child++;
            if (!_heap[child].IsBefore(entry)) break;
            _heap[place] = _heap[child];
            place = child;
        }

        _heap[place] = entry;
    }

    private readonly record struct Entry(long At, long Number, Action Happen)
    {
        public bool IsBefore(in Entry other) => At < other.At || (At == other.At && Number < other.Number);
    }
}
