using KvCluster.Core.Replication.Inputs;

namespace KvCluster.Node.Replication;

/// <summary>What the core has still to be told, and whose turn it is to do so: one thread's at a time.</summary>
/// <remarks>
/// Who brings something that cannot wait takes the turn if nobody has it, and else leaves it to the one who has: before a turn ends, its holder
/// looks again (flat combining, Hendler et al. 2010). To wake a thread for each step costs more than the step.
/// </remarks>
internal sealed class InputQueue
{
    private readonly Lock _gate = new();
    private List<ReplicationInput> _items = [];
    private Urgency _awaited;
    private Urgency _highest;
    private bool _isTaken;
    private volatile bool _isClosed;

    /// <summary>Nothing is taken any more.</summary>
    public bool IsClosed => _isClosed;

    /// <param name="urgency">Below what is awaited, it waits until a turn comes for another reason.</param>
    /// <param name="isWanted">The caller would take the turn.</param>
    /// <returns>False when the queue is closed; the input is not taken.</returns>
    public bool Post(ReplicationInput input, Urgency urgency, bool isWanted, out InputTurn turn)
    {
        lock (_gate)
        {
            turn = InputTurn.NotNeeded;
            if (_isClosed) return false;
            _items.Add(input);
            if (urgency > _highest) _highest = urgency;
            if (_isTaken || urgency < _awaited) return true;
            turn = isWanted ? InputTurn.Yours : InputTurn.Open;
            _isTaken = isWanted;
            return true;
        }
    }

    /// <summary>Takes the turn if nobody has it.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_isTaken) return false;
            return _isTaken = true;
        }
    }

    /// <summary>Swaps <paramref name="emptied"/> (which must be empty) for everything posted so far. Only in one's turn.</summary>
    public void Take(ref List<ReplicationInput> emptied)
    {
        lock (_gate) (emptied, _items, _highest) = (_items, emptied, Urgency.Gathers);
    }

    /// <summary>Ends the turn, unless something came meanwhile that cannot wait.</summary>
    /// <param name="awaited">What is less urgent waits for the next turn.</param>
    public bool TryLeave(Urgency awaited)
    {
        lock (_gate)
        {
            _awaited = awaited;
            if (!_isClosed && _items.Count > 0 && _highest >= awaited) return false;
            _isTaken = false;
            return true;
        }
    }

    public void Close()
    {
        lock (_gate) _isClosed = true;
    }
}
