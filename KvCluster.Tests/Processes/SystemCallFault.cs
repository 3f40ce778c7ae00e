using System.Diagnostics;
using System.Globalization;

namespace KvCluster.Tests.Processes;

/// <summary>Makes system calls of a running process fail: strace attaches to all its threads and answers in the kernel's place, until disposed.</summary>
internal sealed class SystemCallFault : IAsyncDisposable
{
    private const string Syncs = "fsync,fdatasync";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Process _tracer;
    private readonly Task _printed;

    private SystemCallFault(Process tracer, Task printed) => (_tracer, _printed) = (tracer, printed);

    /// <summary>From now on each fsync and fdatasync of the process returns an input/output error and writes nothing through.</summary>
    public static Task<SystemCallFault> FailSyncsAsync(int processId) => AttachAsync(processId, $"{Syncs}:error=EIO");

    /// <summary>From now on each fsync and fdatasync takes so much longer.</summary>
    public static Task<SystemCallFault> SlowSyncsAsync(int processId, TimeSpan delay) =>
        AttachAsync(processId, string.Create(CultureInfo.InvariantCulture, $"{Syncs}:delay_enter={(long)delay.TotalMicroseconds}"));

    public static void Require()
    {
        Prerequisites.RequireRoot();
        Prerequisites.RequireTool("strace");
    }

    private static async Task<SystemCallFault> AttachAsync(int processId, string injection)
    {
        Require();
        var start = new ProcessStartInfo("strace", ["-f", "-p", $"{processId}", "-e", $"trace={Syncs}", "-e", $"inject={injection}", "-o", "/dev/null"]) { RedirectStandardError = true };
        var tracer = Process.Start(start)!;
        var attached = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        var printed = Task.Run(async () =>
        {
            while (await tracer.StandardError.ReadLineAsync() is { } line)
            {
                said.Add(line);
                if (line.Contains("attached", StringComparison.Ordinal)) attached.TrySetResult(true);
            }

            attached.TrySetResult(false);
        });
        if (!await attached.Task.WaitAsync(Patience, TestContext.Current.CancellationToken)) Prerequisites.Missing($"strace cannot attach here: {string.Join(' ', said)}");
        return new SystemCallFault(tracer, printed);
    }

    /// <summary>Lets go: the process runs on by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        // Asked and not killed: it lets go of each thread between two calls.
        if (!_tracer.HasExited) Signals.Interrupt(_tracer.Id);
        await _tracer.WaitForExitAsync(CancellationToken.None);
        await _printed;
        _tracer.Dispose();
    }
}
