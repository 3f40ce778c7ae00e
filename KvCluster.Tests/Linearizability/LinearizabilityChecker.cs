using System.Text;

namespace KvCluster.Tests.Linearizability;

/// <summary>
/// Decides whether a history has an order of its operations that respects real time and in which every client was told the truth:
/// the algorithm of Wing and Gong with Lowe's cache of visited states ("Testing for linearizability", 2017), one key at a time,
/// which is enough because linearizability is local (Herlihy and Wing, 1990).
/// </summary>
/// <remarks>An operation of unknown outcome never returns; one that never took effect is put behind everything else.</remarks>
public sealed class LinearizabilityChecker
{
    private readonly Operation[] _operations;
    private readonly EventList _events;
    private readonly VisitedStates _visited;
    private readonly ulong[] _done;
    private readonly Stack<(int Operation, KeyContent Before)> _order = new();
    private readonly int _stepsMax;
    private (int Operation, KeyContent Before)[] _longest = [];

    private LinearizabilityChecker(Operation[] operations, int stepsMax)
    {
        (_operations, _stepsMax) = (operations, stepsMax);
        _events = new EventList(operations);
        _done = new ulong[(operations.Length + 63) / 64];
        _visited = new VisitedStates();
    }

    /// <summary>Checks a history of any number of keys.</summary>
    /// <param name="stepsMax">How many operations may be tried for one key before the answer is undecided.</param>
    public static Verdict Check(IEnumerable<Operation> history, int stepsMax = 2_000_000)
    {
        var undecided = false;
        foreach (var key in history.GroupBy(operation => operation.Key).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var verdict = new LinearizabilityChecker([.. key], stepsMax).CheckKey();
            if (verdict.Kind == VerdictKind.Violated) return verdict;
            undecided |= verdict.Kind == VerdictKind.Undecided;
        }

        return undecided ? Verdict.Undecided : Verdict.Linearizable;
    }

    private Verdict CheckKey()
    {
        var state = KeyContent.Absent;
        var steps = 0;
        for (var at = _events.First; !_events.IsEmpty;)
        {
            if (_events.IsCall(at))
            {
                if (++steps > _stepsMax) return Verdict.Undecided;
                at = TryTake(at, ref state) ? _events.First : _events.Next(at);
                continue;
            }

            // A return that is still in the list: its operation could not be placed before it. Take the last choice back.
            if (_order.Count > _longest.Length) _longest = [.. _order.Reverse()];
            if (_order.Count == 0) return new Verdict(VerdictKind.Violated, Describe(_events.OperationOf(at)));
            var (operation, before) = _order.Pop();
            state = before;
            _done[operation / 64] &= ~(1UL << (operation % 64));
            at = _events.Next(_events.PutBack(operation));
        }

        return Verdict.Linearizable;
    }

    private bool TryTake(int call, ref KeyContent state)
    {
        var operation = _events.OperationOf(call);
        if (!KeyModel.TryStep(state, _operations[operation], out var next)) return false;
        _done[operation / 64] |= 1UL << (operation % 64);
        if (!_visited.TryAdd(_done, next))
        {
            _done[operation / 64] &= ~(1UL << (operation % 64));
            return false;
        }

        _order.Push((operation, state));
        _events.Take(operation);
        state = next;
        return true;
    }

    private string Describe(int stuck)
    {
        const int shown = 12;
        var text = new StringBuilder();
        text.AppendLine($"No order explains {_operations.Length} operations on {_operations[stuck].Key}. The longest explained beginning ends so:");
        foreach (var (operation, before) in _longest.Skip(Math.Max(0, _longest.Length - shown))) text.AppendLine($"  {before} | {_operations[operation]}");
        var placed = _longest.Select(step => step.Operation).ToHashSet();
        var last = KeyContent.Absent;
        if (_longest.Length > 0) KeyModel.TryStep(_longest[^1].Before, _operations[_longest[^1].Operation], out last);
        text.AppendLine($"and leaves {last}, which contradicts the next of these:");
        var rest = Enumerable.Range(0, _operations.Length).Where(operation => !placed.Contains(operation)).OrderBy(operation => _operations[operation].InvokedAt);
        foreach (var operation in rest.Take(shown)) text.AppendLine($"  {_operations[operation]}");
        return text.ToString();
    }
}
