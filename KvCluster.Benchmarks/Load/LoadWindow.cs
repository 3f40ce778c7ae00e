using System.Diagnostics;

namespace KvCluster.Benchmarks.Load;

/// <summary>The phases of a run, as timestamps of <see cref="Stopwatch"/>.</summary>
/// <param name="Start">Load begins.</param>
/// <param name="MeasureFrom">The warm-up is over.</param>
/// <param name="MeasureUntil">No request begins any more.</param>
/// <param name="GiveUpAt">What is unanswered now stays so.</param>
internal readonly record struct LoadWindow(long Start, long MeasureFrom, long MeasureUntil, long GiveUpAt)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(10);

    public static LoadWindow From(long start, TimeSpan warmUp, TimeSpan duration)
    {
        var measureFrom = start + Ticks(warmUp);
        var measureUntil = measureFrom + Ticks(duration);
        return new LoadWindow(start, measureFrom, measureUntil, measureUntil + Ticks(DrainPatience));
    }

    public static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);

    public bool IsMeasured(long moment) => moment >= MeasureFrom && moment < MeasureUntil;

    /// <summary>The same run when there is nothing left to ask: only answers are waited for.</summary>
    public LoadWindow Exhausted(long now) => this with { GiveUpAt = Math.Min(GiveUpAt, now + Ticks(DrainPatience)) };
}
