namespace KvCluster.Node.Replication;

/// <summary>A queue that many threads fill and one thread empties, everything at once.</summary>
internal sealed class Mailbox<T>
{
    private readonly Lock _gate = new();
    private readonly ThreadSignal _signal = new();
    private List<T> _items = [];
    private Urgency _awaited;
    private Urgency _highest;
    private bool _isWaiting;
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_gate) return _items.Count;
        }
    }

    /// <param name="urgency">Below what the reader waits for, it is taken along when the reader wakes, but does not wake it.</param>
    /// <returns>False when the mailbox is closed; the item is not taken.</returns>
    public bool Post(T item, Urgency urgency = Urgency.Now)
    {
        bool wakes;
        lock (_gate)
        {
            if (_isClosed) return false;
            _items.Add(item);
            if (urgency > _highest) _highest = urgency;
            wakes = _isWaiting && urgency >= _awaited;
            if (wakes) _isWaiting = false;
        }

        if (wakes) _signal.Wake();
        return true;
    }

    /// <summary>Swaps <paramref name="emptied"/> (which must be empty) for everything posted so far; waits for the first item.</summary>
    /// <param name="awaited">The wait goes on until an item at least so urgent is there.</param>
    /// <returns>False when the mailbox is closed and empty.</returns>
    public bool TakeAll(ref List<T> emptied, TimeSpan wait, Urgency awaited = Urgency.Gathers)
    {
        lock (_gate)
        {
            var isThere = _items.Count > 0 && _highest >= awaited;
            (_isWaiting, _awaited) = (!isThere && !_isClosed && wait != TimeSpan.Zero, awaited);
            if (!_isWaiting) return Take(ref emptied);
        }

        _signal.Wait(wait);
        lock (_gate)
        {
            _isWaiting = false;
            return Take(ref emptied);
        }
    }

    private bool Take(ref List<T> emptied)
    {
        (emptied, _items, _highest) = (_items, emptied, Urgency.Gathers);
        return emptied.Count > 0 || !_isClosed;
    }

    /// <summary>No further items; the reader gets what is left and then ends.</summary>
    public void Close()
    {
        lock (_gate) _isClosed = true;
        _signal.Wake();
    }
}
