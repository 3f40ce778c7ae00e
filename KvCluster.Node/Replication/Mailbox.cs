namespace KvCluster.Node.Replication;

/// <summary>A queue that many threads fill and one thread empties, everything at once.</summary>
internal sealed class Mailbox<T>
{
    private readonly object _gate = new();
    private List<T> _items = [];
    private bool _isWaiting;
    private bool _isPatient;
    private bool _hasUrgent;
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_gate) return _items.Count;
        }
    }

    /// <param name="canWait">It does not end a patient wait.</param>
    /// <returns>False when the mailbox is closed; the item is not taken.</returns>
    public bool Post(T item, bool canWait = false)
    {
        lock (_gate)
        {
            if (_isClosed) return false;
            _items.Add(item);
            _hasUrgent |= !canWait;
            if (_isWaiting && !(canWait && _isPatient)) Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Swaps <paramref name="emptied"/> (which must be empty) for everything posted so far; waits for the first item.</summary>
    /// <param name="isPatient">Items that can wait are left to gather while it waits for another.</param>
    /// <returns>False when the mailbox is closed and empty.</returns>
    public bool TakeAll(ref List<T> emptied, TimeSpan wait, bool isPatient = false)
    {
        lock (_gate)
        {
            if (!(isPatient ? _hasUrgent : _items.Count > 0) && !_isClosed && wait != TimeSpan.Zero)
            {
                (_isWaiting, _isPatient) = (true, isPatient);
                Monitor.Wait(_gate, wait);
                _isWaiting = false;
            }

            (emptied, _items, _hasUrgent) = (_items, emptied, false);
            return emptied.Count > 0 || !_isClosed;
        }
    }

    /// <summary>No further items; the reader gets what is left and then ends.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
