using System.Globalization;
using KvCluster.Benchmarks.Load;

namespace KvCluster.Benchmarks.Output;

/// <summary>The result of a run for people.</summary>
internal static class LoadReportText
{
    public static void Write(LoadReport report, TextWriter output)
    {
        output.WriteLine(Headline(report));
        WriteLatencies(report, output);
        if (report.WritesByCopies.Count > 0)
            output.WriteLine($"writes by durable copies: {Pairs(report.WritesByCopies)}");
        output.WriteLine($"errors: {report.ErrorText}");
        WriteProcessors(report, output);
    }

    private static string Headline(LoadReport report)
    {
        var plan = report.Plan;
        var pace = plan.RatePerSecond is { } rate ? Text($"open loop at {rate} a second, ") : "closed loop, ";
        return Text($"{report.Target}: {report.PerSecond:N0} operations a second ({pace}{plan.Connections} connections, ")
            + Text($"{plan.Workload.ValueBytes}-byte values, {plan.Workload.Keys:N0} keys, {report.Seconds:0.#} s)");
    }

    private static void WriteLatencies(LoadReport report, TextWriter output)
    {
        if (report.Latencies.Count == 0)
            return;
        var table = new TextTable("ms", "count", "mean", "p50", "p90", "p99", "p99.9", "max");
        foreach (var (operation, count, time) in report.Latencies)
        {
            double[] cells = [time.Mean, time.P50, time.P90, time.P99, time.P999, time.Max];
            table.Add([operation, Text($"{count}"), .. cells.Select(cell => Text($"{cell:0.000}"))]);
        }

        table.Write(output);
    }

    private static void WriteProcessors(LoadReport report, TextWriter output)
    {
        if (report.Processors.Count == 0)
            return;
        var table = new TextTable("process", "us of CPU per operation", "cores busy");
        foreach (var use in report.Processors)
            table.Add(use.Name, Text($"{use.MicrosecondsPerOperation:0.0}"), Text($"{use.Cores:0.00}"));
        table.Write(output);
    }

    private static string Pairs(IReadOnlyDictionary<string, long> counts) => string.Join(", ", counts.Select(pair => Text($"{pair.Key}: {pair.Value}")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
