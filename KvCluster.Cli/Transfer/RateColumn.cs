using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace KvCluster.Cli.Transfer;

/// <summary>Records so far and records a second, since the beginning.</summary>
internal sealed class RateColumn(TransferTally tally, TimeProvider time) : ProgressColumn
{
    private readonly long _start = time.GetTimestamp();

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        var seconds = Math.Max(time.GetElapsedTime(_start).TotalSeconds, 0.001);
        return new Text(string.Create(CultureInfo.InvariantCulture, $"{tally.Records:N0} records, {tally.Records / seconds:N0}/s"));
    }
}
