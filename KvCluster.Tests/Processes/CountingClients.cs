using System.Globalization;
using KvCluster.Client;

namespace KvCluster.Tests.Processes;

/// <summary>Clients that count one key up together, and what they were told of it.</summary>
internal sealed class CountingClients : IAsyncDisposable
{
    private readonly KvClusterClient _reader;
    private readonly string _key;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _counting;
    private long _acknowledged;
    private long _unknown;

    private CountingClients(TestCluster cluster, string key, int clients, Func<SocketsHttpHandler, HttpMessageHandler>? around)
    {
        (_reader, _key) = (cluster.Connect(), key);
        _counting = Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => CountAsync(cluster, around))));
    }

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <param name="around">What stands between each client and its connections.</param>
    public static async Task<CountingClients> StartAsync(TestCluster cluster, string node, int clients, Func<SocketsHttpHandler, HttpMessageHandler>? around = null)
    {
        var info = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), node);
        var counting = new CountingClients(cluster, Enumerable.Range(0, 1_000).Select(number => $"counter/{Guid.NewGuid():N}/{number}").First(name => info.Owns(new KvKey(name).Slot)), clients, around);
        await counting.ProgressAsync(clients);
        return counting;
    }

    public Task ProgressAsync(int increments)
    {
        var until = Acknowledged + increments;
        return TestCluster.PollAsync($"{increments} more increments are acknowledged", async () =>
        {
            if (_counting.IsFaulted) await _counting;
            return Acknowledged >= until;
        });
    }

    /// <summary>Ends the clients: the counter is what was acknowledged, and what nobody knows of may be in it.</summary>
    public async Task AuditAsync()
    {
        await _stop.CancelAsync();
        await _counting;
        var counter = await _reader.GetAsync(_key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine($"The counter is {counter.Text}: {_acknowledged} acknowledged, {_unknown} unknown.");
        Assert.InRange(long.Parse(counter.Text, CultureInfo.InvariantCulture), _acknowledged, _acknowledged + _unknown);
        Assert.True(_unknown * 20 <= _acknowledged, "Too much is unknown for the count to say anything.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _counting;
        _reader.Dispose();
        _stop.Dispose();
    }

    private async Task CountAsync(TestCluster cluster, Func<SocketsHttpHandler, HttpMessageHandler>? around)
    {
        using var client = cluster.Connect(around);
        var last = 0L;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var result = await client.IncrementAsync(_key, cancellationToken: TestContext.Current.CancellationToken);
                Assert.True(result.Value > last, $"The counter went from {last} to {result.Value}.");
                last = result.Value;
                Interlocked.Increment(ref _acknowledged);
            }
            catch (KvClusterException failure)
            {
                // Refused: it was not and will not be counted.
                if (failure.IsOutcomeUnknown) Interlocked.Increment(ref _unknown);
            }
        }
    }
}
