using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using KvCluster.Client;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Processes;

/// <summary>
/// Writers that remember what the cluster promised them, beside clients whose whole history is recorded, and an audit that holds the
/// cluster to its word: nothing acknowledged is lost, nothing refused is there, and the history is linearizable.
/// </summary>
internal sealed class CheckedLoad : IAsyncDisposable
{
    private const int Writers = 4;
    private const int KeysEach = 8;
    private const int RecordedClients = 3;
    private const int RecordedLeast = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private readonly TestCluster _cluster;
    private readonly KvClusterClient _client;
    private readonly NodeInfo _node;
    private readonly string _name;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<KeyLedger> _ledgers = [];
    private readonly ConcurrentQueue<(long At, TaskCompletionSource Reached)> _waiting = new();
    private readonly Task _writers;
    private RecordedLoad? _recorded;
    private long _acknowledged;
    private int _unknown;
    private int _refused;
    private int _lastCopies;

    private CheckedLoad(TestCluster cluster, NodeInfo node, string name)
    {
        (_cluster, _node, _name, _client) = (cluster, node, name, cluster.Connect());
        _writers = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))));
    }

    public long Acknowledged => Interlocked.Read(ref _acknowledged);
    public int Unknown => Volatile.Read(ref _unknown);
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Durable copies of the last acknowledged write.</summary>
    public int LastCopies => Volatile.Read(ref _lastCopies);
    public KvClusterClient Client => _client;

    /// <summary>Every key written so far.</summary>
    public IEnumerable<string> Keys => _ledgers.Select(ledger => ledger.Key);

    /// <summary>Begins to write keys of one node, all of whose names begin with <paramref name="name"/>.</summary>
    public static async Task<CheckedLoad> StartAsync(TestCluster cluster, string node, string name)
    {
        var status = await cluster.WaitUntilWholeAsync();
        var load = new CheckedLoad(cluster, TestCluster.NodeOf(status, node), name);
        try
        {
            load._recorded = await RecordedLoad.StartAsync(cluster, node, name, RecordedClients);
            await load.ProgressAsync();
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until so many more writes were acknowledged.</summary>
    public Task ProgressAsync(int writes = 50) => UntilAsync($"{writes} more writes are acknowledged", Acknowledged + writes);

    /// <summary>Ends the writers, waits until the cluster is whole, judges the history and reads every key: linearizable at its main, then the same value at its replica.</summary>
    public async Task AuditAsync()
    {
        await StopAsync();
        await _cluster.HealAsync();

        // Whoever leads at the end is asked too.
        await _recorded!.ProgressAsync(RecordedLeast);
        await _recorded.AssertLinearizableAsync();
        var replica = await CaughtUpReplicaAsync();
        var wrong = new List<string>();
        foreach (var ledger in _ledgers)
        {
            var read = await _client.GetAsync(ledger.Key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, TestContext.Current.CancellationToken);
            var found = read.Found ? read.Text : null;
            if (ledger.Judge(found) is { } mistake) wrong.Add(mistake);
            var copy = await ReadCopyAsync(replica, ledger.Key);
            if (copy != found) wrong.Add($"{ledger.Key} is {found ?? "absent"} at the main and {copy ?? "absent"} at the replica.");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{_name}: {Acknowledged} acknowledged, {Unknown} unknown, {Refused} refused, {_ledgers.Count} keys, {wrong.Count} wrong.");
        Assert.Empty(wrong);
        Assert.True(Acknowledged > 0, "A load that wrote nothing proves nothing.");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_recorded is not null) await _recorded.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    // The log has one order: a replica that shows this write shows every one before it.
    private async Task<Uri> CaughtUpReplicaAsync()
    {
        var marker = NewKey(Writers, 0, 0);
        marker.Acknowledged = "the end";
        await _client.PutAsync(marker.Key, marker.Acknowledged, cancellationToken: TestContext.Current.CancellationToken);
        var status = await _cluster.WaitUntilWholeAsync();
        var replica = TestCluster.NodeOf(status, _node.Name).ReplicaServer!.Http;
        await TestCluster.PollAsync("the replica shows the last write", async () => await ReadCopyAsync(replica, marker.Key) == marker.Acknowledged);
        return replica;
    }

    private async Task<string?> ReadCopyAsync(Uri replica, string key)
    {
        using var answer = await _cluster.Http.GetAsync(new Uri(replica, $"/kv/{key}?consistency=replica"), TestContext.Current.CancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _writers;
    }

    private async Task UntilAsync(string awaited, long acknowledged)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((acknowledged, reached));
        var first = await Task.WhenAny(reached.Task, _writers, Task.Delay(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        if (first == _writers) await _writers;
        if (first != reached.Task) throw new TimeoutException($"Waited in vain until {awaited}; {Acknowledged} acknowledged, {Unknown} unknown, {Refused} refused.\n{await _cluster.DescribeAsync()}");
    }

    private async Task WriteAsync(int writer)
    {
        var generation = 0;
        var keys = Enumerable.Range(0, KeysEach).Select(place => NewKey(writer, place, generation)).ToArray();
        for (var sequence = 0; !_stop.IsCancellationRequested; sequence++)
        {
            var place = sequence % KeysEach;
            await WriteOneAsync(keys[place], sequence.ToString(CultureInfo.InvariantCulture));
            if (keys[place].Unknown is not null) keys[place] = NewKey(writer, place, ++generation);
            await Task.Delay(Pause);
        }
    }

    private async Task WriteOneAsync(KeyLedger ledger, string value)
    {
        try
        {
            var result = await _client.PutAsync(ledger.Key, value);
            Assert.True(result.Succeeded);
            ledger.Acknowledged = value;
            Volatile.Write(ref _lastCopies, result.Copies);
            var count = Interlocked.Increment(ref _acknowledged);
            while (_waiting.TryPeek(out var next) && next.At <= count && _waiting.TryDequeue(out next)) next.Reached.TrySetResult();
        }
        catch (KvClusterException unknown) when (unknown.IsOutcomeUnknown)
        {
            ledger.Unknown = value;
            Interlocked.Increment(ref _unknown);
        }
        catch (KvClusterException)
        {
            ledger.Refused.Add(value);
            Interlocked.Increment(ref _refused);
        }
    }

    private KeyLedger NewKey(int writer, int place, int generation)
    {
        var number = 0;
        while (true)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{_name}/{writer}/{place}/{generation}/{number++}");
            if (!_node.Owns(new KvKey(key).Slot)) continue;
            var ledger = new KeyLedger(key);
            _ledgers.Add(ledger);
            return ledger;
        }
    }
}
