namespace KvCluster.Tests.Linearizability;

/// <summary>
/// The calls and returns of a history in the order of time, as a doubly linked list from which an operation is lifted when it has got
/// its place and put back when that was wrong (Knuth's dancing links). Operations are lifted and put back like a stack.
/// </summary>
internal sealed class EventList
{
    private const int Head = 0;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly int[] _operationOf;
    private readonly int[] _callOf;
    private readonly int[] _returnOf;

    public EventList(Operation[] operations)
    {
        var count = operations.Length;
        (_callOf, _returnOf) = (new int[count], new int[count]);
        (_next, _previous, _operationOf) = (new int[(count * 2) + 1], new int[(count * 2) + 1], new int[(count * 2) + 1]);

        // At one and the same moment calls come first: such operations count as concurrent.
        var order = Enumerable.Range(0, count).Select(i => (At: operations[i].InvokedAt, IsReturn: false, Operation: i))
            .Concat(Enumerable.Range(0, count).Select(i => (At: operations[i].ReturnedAt, IsReturn: true, Operation: i)))
            .OrderBy(item => item.At).ThenBy(item => item.IsReturn).ThenBy(item => item.Operation);
        var place = Head;
        foreach (var (_, isReturn, operation) in order)
        {
            _next[place] = place + 1;
            _previous[place + 1] = place;
            place++;
            _operationOf[place] = operation;
            (isReturn ? _returnOf : _callOf)[operation] = place;
        }

        _next[place] = Head;
        _previous[Head] = place;
    }

    public int First => _next[Head];
    public bool IsEmpty => _next[Head] == Head;

    public int Next(int place) => _next[place];
    public int OperationOf(int place) => _operationOf[place];
    public bool IsCall(int place) => _callOf[_operationOf[place]] == place;

    public void Take(int operation)
    {
        Unlink(_callOf[operation]);
        Unlink(_returnOf[operation]);
    }

    /// <returns>The place of the operation's call.</returns>
    public int PutBack(int operation)
    {
        Link(_returnOf[operation]);
        Link(_callOf[operation]);
        return _callOf[operation];
    }

    private void Unlink(int place)
    {
        _next[_previous[place]] = _next[place];
        _previous[_next[place]] = _previous[place];
    }

    private void Link(int place)
    {
        _next[_previous[place]] = place;
        _previous[_next[place]] = place;
    }
}
