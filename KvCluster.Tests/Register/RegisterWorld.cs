namespace KvCluster.Tests.Register;

/// <summary>Time, order and trouble of a simulation: one queue of events, one source of chance.</summary>
internal sealed class RegisterWorld
{
    private const int TraceMax = 60;
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Queue<string> _trace = new();
    private long _order;
    private int _cutBits;

    public RegisterWorld(int seed)
    {
        Random = new Random(seed);
        Scenario = RegisterScenario.Draw(Random);
    }

    public Random Random { get; }
    public RegisterScenario Scenario { get; private set; }
    public long Now { get; private set; }

    /// <summary>Grows with every line of the trace: equal digests, equal runs.</summary>
    public long TraceDigest { get; private set; } = 17;
    public IEnumerable<string> Trace => _trace;
    public bool IsCalm { get; private set; }

    public void After(long milliseconds, Action action) => _events.Enqueue(action, (Now + milliseconds, _order++));

    public bool Chance(double probability) => Random.NextDouble() < probability;

    public void Say(string line)
    {
        foreach (var character in line) TraceDigest = unchecked((TraceDigest * 31) + character);
        _trace.Enqueue($"{Now,6} {line}");
        if (_trace.Count > TraceMax) _trace.Dequeue();
    }

    public void RunUntil(long time, Func<bool> isOver)
    {
        while (_events.TryPeek(out _, out var next) && next.Time <= time && !isOver())
        {
            var action = _events.Dequeue();
            Now = next.Time;
            action();
        }
    }

    /// <summary>Brings a message to where it goes, or not, once or twice, soon or late.</summary>
    public void Carry(int from, int to, Action deliver)
    {
        if (IsCut(from, to) || Chance(Scenario.Loss)) return;
        var copies = Chance(Scenario.Duplicates) ? 2 : 1;
        for (var copy = 0; copy < copies; copy++)
        {
            var latency = Chance(Scenario.LateMessages) ? Random.Next(1, Scenario.LatenessMax) : Random.Next(1, Scenario.LatencyMax + 1);
            After(from == to ? Random.Next(0, 2) : latency, deliver);
        }
    }

    /// <summary>Splits the servers in two for a while; one way in a third of the cases.</summary>
    public void Cut()
    {
        if (IsCalm) return;
        _cutBits = Random.Next(1, 1 << Scenario.Servers) | (Random.Next(3) == 0 ? 1 << 30 : 0);
        Say($"cut {_cutBits:x}");
    }

    public void Heal() => _cutBits = 0;

    /// <summary>From here on nothing goes wrong any more.</summary>
    public void CalmDown()
    {
        (IsCalm, _cutBits) = (true, 0);
        Scenario = Scenario with { Loss = 0, Duplicates = 0, LateMessages = 0, LatencyMax = 3, SyncMax = 2, Abandons = 0, SilenceMilliseconds = 100 };
    }

    private bool IsCut(int from, int to)
    {
        if (_cutBits == 0 || from == to) return false;
        bool fromLeft = (_cutBits >> from & 1) != 0, toLeft = (_cutBits >> to & 1) != 0;
        return (_cutBits & 1 << 30) == 0 ? fromLeft != toLeft : fromLeft && !toLeft;
    }
}
