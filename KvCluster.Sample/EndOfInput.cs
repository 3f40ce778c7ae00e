using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace KvCluster.Sample;

/// <summary>Stops the process at the end of its input, where whoever started it wants that: so it never outlives the one that reads its output.</summary>
internal sealed class EndOfInput(IConfiguration configuration, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => configuration.GetValue<bool>("KvNode:ExitWithParent") ? Task.Run(WaitAsync, stoppingToken) : Task.CompletedTask;

    private async Task WaitAsync()
    {
        using var input = Console.OpenStandardInput();
        var nothing = new byte[64];
        while (await input.ReadAsync(nothing) > 0)
        {
        }

        lifetime.StopApplication();
    }
}
