using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace KvCluster.Tests.Client;

/// <summary>Keeps what is logged, and lets a test wait for an event by its number.</summary>
internal sealed class SignalLoggers : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Event, string Text)> _lines = [];
    private readonly ConcurrentQueue<(int Event, string Part, TaskCompletionSource Seen)> _waiters = [];

    public IEnumerable<string> Lines => _lines.Select(line => line.Text);

    /// <summary>Ends with the next line of this event that contains this text.</summary>
    public Task Next(int eventId, string part)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Enqueue((eventId, part, seen));
        return seen.Task;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        _lines.Enqueue((eventId.Id, text));
        foreach (var waiter in _waiters)
        {
            if (waiter.Event == eventId.Id && text.Contains(waiter.Part, StringComparison.Ordinal)) waiter.Seen.TrySetResult();
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
