using System.Collections.Concurrent;

namespace KvCluster.Node.Resp;

/// <summary>What INFO counts on this port: calls of each command, errors by their prefix, commands a second.</summary>
internal sealed class RespCounts(TimeProvider time)
{
    // Prefixes are ours, and few; one more than these would be a mistake of ours that must not grow without bound.
    private const int PrefixesMax = 64;
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(1);
    private readonly long[] _calls = new long[RespCommands.All.Count];
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private long _commands;
    private long _windowStart = time.GetTimestamp();
    private long _commandsAtStart;
    private long _rate;

    public long Commands => Interlocked.Read(ref _commands);
    public long Errors => _errors.Values.Sum();
    public IEnumerable<KeyValuePair<string, long>> ErrorsByPrefix => _errors.OrderBy(error => error.Key, StringComparer.Ordinal);
    public IEnumerable<(string Command, long Calls)> Calls => RespCommands.All.Select(command => (command.Name, Interlocked.Read(ref _calls[command.Place]))).Where(one => one.Item2 > 0);

    /// <summary>Commands a second in the newest whole window of a second or more.</summary>
    public long Rate
    {
        get
        {
            Roll();
            return Interlocked.Read(ref _rate);
        }
    }

    public void Called(RespCommand command) => Interlocked.Increment(ref _calls[command.Place]);

    public void Done(int commands)
    {
        Interlocked.Add(ref _commands, commands);
        Roll();
    }

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
            Array.Clear(_calls);
            _errors.Clear();
            (_commands, _commandsAtStart, _rate) = (0, 0, 0);
        }
    }

    private void Roll()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref _windowStart)) < RateWindow) return;
        lock (_lock)
        {
            var window = time.GetElapsedTime(_windowStart);
            if (window < RateWindow) return;
            var commands = Commands;
            _rate = (long)Math.Round((commands - _commandsAtStart) / window.TotalSeconds);
            (_windowStart, _commandsAtStart) = (time.GetTimestamp(), commands);
        }
    }
}
