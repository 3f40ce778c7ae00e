using System.Diagnostics;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Sockets;
using KvCluster.Client;
using KvCluster.Protocol.Identity;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>Kills the master's server again and again while programs write to its own node and to another one.</summary>
internal sealed class MasterLossExperiment(ClusterUnderTest cluster, int writers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(4);
    private readonly AcknowledgementLog _first = new();
    private readonly AcknowledgementLog _last = new();

    public async Task<MasterLossResult> RunAsync(int times, CancellationToken cancellation)
    {
        var watch = new NodeWatch(cluster);
        var (topology, state) = await watch.WaitUntilWholeAsync(cancellation);
        using var client = new KvClusterClient(RecoveryExperiment.Options(state));
        await using var first = WriterGroup.Start(client, _first, topology.Nodes[0], writers);
        await using var last = WriterGroup.Start(client, _last, topology.Nodes[^1], writers);
        var (masters, silences, owns) = (new List<double>(), new List<double>(), new List<double>());
        for (var number = 1; number <= times; number++)
        {
            // The voters are put right again in the seconds after a server came back.
            await Task.Delay(Settling, cancellation);
            (topology, state) = await watch.WaitUntilWholeAsync(cancellation);
            _first.Clear();
            _last.Clear();
            var master = topology.FindServer(topology.Master)!;
            var began = Stopwatch.GetTimestamp();
            LinuxCalls.Signal(state.ProcessOf(master.Name), Signals.Kill);
            masters.Add(await NewMasterAsync(state, master.Id, began, cancellation));
            await watch.WaitUntilWholeAsync(cancellation);
            var (own, other) = topology.Nodes[0].Find(master.Id) is null ? (_last, _first) : (_first, _last);
            var silence = other.LongestSince(began);
            silences.Add(Math.Round(Stopwatch.GetElapsedTime(silence.Start, silence.End).TotalMilliseconds, 1));
            owns.Add(Math.Round(Stopwatch.GetElapsedTime(began, own.LongestSince(began).End).TotalMilliseconds, 1));
            await Console.Error.WriteLineAsync($"{number} of {times}: {master.Name} killed, another master after {masters[^1]} ms, silence of the other node {silences[^1]} ms, of its own {owns[^1]} ms");
        }

        await first.StopAsync();
        await last.StopAsync();
        var errors = first.Errors.Concat(last.Errors).GroupBy(error => error.Key).ToDictionary(group => group.Key, group => group.Sum(error => error.Value));
        var lost = await first.CountLostAsync(cancellation) + await last.CountLostAsync(cancellation);
        return new MasterLossResult(MachineInfo.Here(), masters, silences, owns, errors, first.Acknowledged + last.Acknowledged, lost);
    }

    private static async Task<double> NewMasterAsync(ClusterState state, ServerId before, long began, CancellationToken cancellation)
    {
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < Patience)
        {
            foreach (var server in state.Servers.Where(server => server.Pid is not null))
            {
                try
                {
                    var topology = await ClusterTarget.ReadTopologyAsync(server.Url, cancellation);
                    if (topology.Master != before) return Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1);
                }
                catch (BenchmarkException)
                {
                    // The one that was killed, or its port's next owner, which is not ready yet.
                }
            }

            await Task.Delay(PollInterval, cancellation);
        }

        throw new BenchmarkException($"No server became master within {Patience.TotalSeconds} s.");
    }
}
