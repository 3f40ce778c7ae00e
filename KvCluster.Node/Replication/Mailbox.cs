namespace KvCluster.Node.Replication;

/// <summary>A queue that many threads fill and one thread empties, everything at once.</summary>
internal sealed class Mailbox<T>
{
    private readonly Lock _gate = new();
    private readonly ThreadSignal _signal = new();
    private List<T> _items = [];
    private bool _isWaiting;
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_gate) return _items.Count;
        }
    }

    /// <returns>False when the mailbox is closed; the item is not taken.</returns>
    public bool Post(T item)
    {
        bool wakes;
        lock (_gate)
        {
            if (_isClosed) return false;
            _items.Add(item);
            wakes = _isWaiting;
            _isWaiting = false;
        }

        if (wakes) _signal.Wake();
        return true;
    }

    /// <summary>Swaps <paramref name="emptied"/> (which must be empty) for everything posted so far; waits for the first item.</summary>
    /// <returns>False when the mailbox is closed and empty.</returns>
    public bool TakeAll(ref List<T> emptied, TimeSpan wait)
    {
        lock (_gate)
        {
            _isWaiting = _items.Count == 0 && !_isClosed && wait != TimeSpan.Zero;
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
        (emptied, _items) = (_items, emptied);
        return emptied.Count > 0 || !_isClosed;
    }

    /// <summary>No further items; the reader gets what is left and then ends.</summary>
    public void Close()
    {
        lock (_gate) _isClosed = true;
        _signal.Wake();
    }
}
