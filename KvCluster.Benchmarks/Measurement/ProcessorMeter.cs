using System.Diagnostics;

namespace KvCluster.Benchmarks.Measurement;

/// <summary>Measures the processor time of some processes between two moments.</summary>
internal sealed class ProcessorMeter(IReadOnlyList<WatchedProcess> processes)
{
    private readonly Dictionary<int, TimeSpan> _spent = [];
    private long _started;
    private TimeSpan _elapsed;

    public void Start()
    {
        foreach (var process in processes)
            _spent[process.ProcessId] = -(ProcessFiles.ProcessorTime(process.ProcessId) ?? TimeSpan.Zero);
        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>A process that has ended in between is left out: nobody knows any more what it spent.</summary>
    public void Stop()
    {
        _elapsed = Stopwatch.GetElapsedTime(_started);
        foreach (var process in processes)
        {
            if (ProcessFiles.ProcessorTime(process.ProcessId) is { } now)
                _spent[process.ProcessId] += now;
            else
                _spent.Remove(process.ProcessId);
        }
    }

    public IReadOnlyList<ProcessorUse> PerOperation(long operations) =>
    [
        .. from process in processes
           where _spent.ContainsKey(process.ProcessId)
           let spent = _spent[process.ProcessId]
           select new ProcessorUse(
               process.Name,
               Math.Round(spent.TotalMicroseconds / Math.Max(1, operations), 2),
               Math.Round(spent / _elapsed, 3)),
    ];
}
