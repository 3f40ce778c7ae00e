using System.Diagnostics;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Load;

/// <summary>Puts load on a target and measures what it and the given processes do.</summary>
internal static class LoadRun
{
    /// <summary>Long before it, a server that answers nothing has been given up.</summary>
    private static readonly TimeSpan FillDurationMax = TimeSpan.FromHours(1);

    /// <exception cref="BenchmarkException">A server cannot be reached, or broke the protocol.</exception>
    public static Task<LoadReport> RunAsync(
        ITarget target, LoadPlan plan, IReadOnlyList<WatchedProcess> processes, CancellationToken cancellation) =>
        RunAsync(target, plan, thread => new RandomOperations(plan.Workload, plan.Seed + (ulong)thread), processes, cancellation);

    /// <summary>Puts each key once, as fast as the target takes it.</summary>
    /// <exception cref="BenchmarkException">A server cannot be reached, broke the protocol, or did not take every key.</exception>
    public static async Task<LoadReport> FillAsync(
        ITarget target, LoadPlan plan, IReadOnlyList<WatchedProcess> processes, CancellationToken cancellation)
    {
        var keys = plan.Workload.Keys;
        var fill = plan with
        {
            Workload = plan.Workload with { ReadShare = 0 },
            WarmUp = TimeSpan.Zero,
            Duration = FillDurationMax,
            RatePerSecond = null,
        };
        var report = await RunAsync(target, fill, Part, processes, cancellation);
        return report.Operations == keys
            ? report
            : throw new BenchmarkException($"Only {report.Operations} of {keys} keys could be stored: {report.ErrorText}.");

        EveryKeyOnce Part(int thread) =>
            new((int)((long)keys * thread / plan.Threads), (int)((long)keys * (thread + 1) / plan.Threads));
    }

    private static async Task<LoadReport> RunAsync(
        ITarget target,
        LoadPlan plan,
        Func<int, IOperationSource> operations,
        IReadOnlyList<WatchedProcess> processes,
        CancellationToken cancellation)
    {
        LoadThread[] threads = [.. Enumerable.Range(0, plan.Threads).Select(OpenThread)];
        try
        {
            if (!threads.All(thread => thread.TryConnect()))
                throw new BenchmarkException($"Not every server of {target.Name} can be reached: {string.Join(", ", target.Servers)}.");
            var window = LoadWindow.From(Stopwatch.GetTimestamp(), plan.WarmUp, plan.Duration);
            var runs = Task.WhenAll(threads.Select((thread, number) => RunThreadAsync(thread, PaceOf(number, window), window, cancellation)));
            var meter = new ProcessorMeter(processes);
            var seconds = await MeasureAsync(runs, meter, window, cancellation);
            await runs;
            cancellation.ThrowIfCancellationRequested();
            return LoadReport.Of(target.Name, plan, Sum(threads), seconds, meter);
        }
        finally
        {
            foreach (var thread in threads)
                thread.Dispose();
        }

        LoadThread OpenThread(int number) => new(target, operations(number), Share(plan.Connections, number, plan.Threads));

        Pace PaceOf(int number, LoadWindow window)
        {
            var ticksBetween = plan.RatePerSecond is { } rate ? Stopwatch.Frequency / rate : (double?)null;
            return new Pace(window.Start + (long)(number * ticksBetween ?? 0), window.MeasureUntil, ticksBetween * plan.Threads);
        }
    }

    /// <summary>A thread of its own, so that nothing else in the process takes its turn on it.</summary>
    private static Task RunThreadAsync(LoadThread thread, Pace pace, LoadWindow window, CancellationToken cancellation) =>
        Task.Factory.StartNew(
            () => thread.Run(pace, window, cancellation),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <returns>Seconds that were measured.</returns>
    private static async Task<double> MeasureAsync(Task runs, ProcessorMeter meter, LoadWindow window, CancellationToken cancellation)
    {
        await WaitUntilAsync(window.MeasureFrom, runs, cancellation);
        meter.Start();
        await WaitUntilAsync(window.MeasureUntil, runs, cancellation);
        meter.Stop();
        var end = Math.Min(window.MeasureUntil, Stopwatch.GetTimestamp());
        return Stopwatch.GetElapsedTime(window.MeasureFrom, end).TotalSeconds;
    }

    private static async Task WaitUntilAsync(long moment, Task runs, CancellationToken cancellation)
    {
        var remaining = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), moment);
        if (remaining > TimeSpan.Zero)
            await Task.WhenAny(runs, Task.Delay(remaining, cancellation));
    }

    private static LoadTally Sum(LoadThread[] threads)
    {
        var sum = new LoadTally();
        foreach (var thread in threads)
            sum.Add(thread.Tally);
        return sum;
    }

    private static int Share(int whole, int part, int parts) => (whole * (part + 1) / parts) - (whole * part / parts);
}
