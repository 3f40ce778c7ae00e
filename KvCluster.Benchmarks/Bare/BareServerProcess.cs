using System.Diagnostics;
using System.Globalization;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Bare;

/// <summary>A <see cref="BareServer"/> in a process of its own.</summary>
internal sealed class BareServerProcess : IAsyncDisposable
{
    public const string Command = "bare-server";
    private readonly Process _process;

    private BareServerProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }
    public WatchedProcess Watched => new("bare Kestrel", _process.Id);

    public static async Task<BareServerProcess> StartAsync(int valueBytes, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                typeof(BareServerProcess).Assembly.Location,
                Command,
                "--value-size",
                valueBytes.ToString(CultureInfo.InvariantCulture),
            },
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellation);
        return Uri.TryCreate(line, UriKind.Absolute, out var url)
            ? new BareServerProcess(process, url)
            : throw new BenchmarkException($"The bare Kestrel endpoint did not start; it said: {line}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
