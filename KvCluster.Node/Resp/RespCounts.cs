using System.Collections.Concurrent;
using KvCluster.Node.Diagnostics;

namespace KvCluster.Node.Resp;

/// <summary>What INFO counts on this port: calls of each command, errors by their prefix, commands a second.</summary>
internal sealed class RespCounts
{
    // Prefixes are ours, and few; one more than these would be a mistake of ours that must not grow without bound.
    private const int PrefixesMax = 64;
    private const long RateWindowMilliseconds = 1_000;
    private readonly StripedCounters _calls = new(RespCommands.All.Count);
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _windowStart = Environment.TickCount64;
    private long _commandsAtStart;
    private long _rate;

    public long Commands => Calls.Sum(one => one.Calls);
    public long Errors => _errors.Values.Sum();
    public IEnumerable<KeyValuePair<string, long>> ErrorsByPrefix => _errors.OrderBy(error => error.Key, StringComparer.Ordinal);
    public IEnumerable<(string Command, long Calls)> Calls => RespCommands.All.Select(command => (command.Name, _calls.Sum(command.Place))).Where(one => one.Item2 > 0);

    /// <summary>Commands a second in the newest whole window of a second or more.</summary>
    public long Rate
    {
        get
        {
            Roll(Environment.TickCount64);
            return Interlocked.Read(ref _rate);
        }
    }

    public void Called(RespCommand command) => _calls.Add(command.Place);

    public void Failed(ReadOnlySpan<char> error)
    {
        var end = error.IndexOf(' ');
        var prefix = (end < 0 ? error : error[..end]).ToString();
        if (_errors.Count < PrefixesMax || _errors.ContainsKey(prefix)) _errors.AddOrUpdate(prefix, 1, (_, count) => count + 1);
    }

    /// <summary>CONFIG RESETSTAT.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _calls.Clear();
            _errors.Clear();
            (_commandsAtStart, _rate) = (0, 0);
        }
    }

    /// <summary>Ends the window of the rate when it is long enough.</summary>
    /// <param name="milliseconds">The system's clock, about.</param>
    public void Roll(long milliseconds)
    {
        if (milliseconds - Interlocked.Read(ref _windowStart) < RateWindowMilliseconds) return;
        lock (_lock)
        {
            var window = milliseconds - _windowStart;
            if (window < RateWindowMilliseconds) return;
            var commands = Commands;
            _rate = Math.Max(0, commands - _commandsAtStart) * 1_000 / window;
            (_windowStart, _commandsAtStart) = (milliseconds, commands);
        }
    }
}
