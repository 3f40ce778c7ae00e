using System.Diagnostics;
using System.Globalization;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Bare;

/// <summary>A <see cref="BareServer"/> in a process of its own.</summary>
internal sealed class BareServerProcess : IAsyncDisposable
{
    public const string Command = "bare-server";
    public const string TunedOption = "--tuned";
    private const string SpinLimit = "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit";
    private readonly Process _process;

    private BareServerProcess(Process process, string name, Uri url)
    {
        _process = process;
        Name = name;
        Url = url;
    }

    public string Name { get; }
    public Uri Url { get; }
    public WatchedProcess Watched => new(Name, _process.Id);

    /// <param name="isTuned">True: with the settings of sockets and thread pool that our servers have; false: as Kestrel comes.</param>
    public static async Task<BareServerProcess> StartAsync(int valueBytes, bool isTuned, CancellationToken cancellation)
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
        if (isTuned)
        {
            start.ArgumentList.Add(TunedOption);
            start.Environment[SpinLimit] = "0";
        }

        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(cancellation);
        return Uri.TryCreate(line, UriKind.Absolute, out var url)
            ? new BareServerProcess(process, isTuned ? "bare Kestrel, tuned as our servers" : "bare Kestrel", url)
            : throw new BenchmarkException($"The bare Kestrel endpoint did not start; it said: {line}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
