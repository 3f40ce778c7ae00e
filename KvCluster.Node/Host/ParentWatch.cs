using KvCluster.Node.Options;
using Microsoft.Extensions.Options;

namespace KvCluster.Node.Host;

/// <summary>
/// Stops the server when standard input ends: the orchestrator holds the other end of that pipe, and the kernel closes it however the
/// orchestrator dies.
/// </summary>
internal sealed class ParentWatch(IOptions<KvNodeOptions> options, IHostApplicationLifetime lifetime) : IHostedService
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(6);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ExitWithParent) new Thread(Watch) { IsBackground = true, Name = "kv-parent" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (input.Read(buffer) > 0)
        {
            // Nothing is said on this pipe; only its end counts.
        }

        lifetime.StopApplication();

        // Whatever hangs while stopping must not keep an orphan alive.
        Thread.Sleep(StopPatience + TimeSpan.FromMilliseconds(options.Value.ShutdownDelayMilliseconds));
        Environment.Exit(ExitCodes.Broken);
    }
}
