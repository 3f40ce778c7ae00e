using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using KvCluster.Client;
using KvCluster.Tests.Linearizability;

namespace KvCluster.Tests.Processes;

/// <summary>Clients that read, write, compare-and-set and count a few keys together, and a record of what each was told and when.</summary>
internal sealed class RecordedLoad : IAsyncDisposable
{
    private const int Keys = 6;

    // A history grows slowly enough to be checked, and every failover still finds operations under way.
    private static readonly TimeSpan Think = TimeSpan.FromMilliseconds(8);
    private static readonly KvReadOptions Linearizable = new() { Consistency = KvConsistency.Linearizable };
    private readonly ConcurrentBag<Operation> _history = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly KvClusterClient[] _clients;
    private readonly string[] _registers;
    private readonly string[] _counters;
    private readonly Task _running;
    private long _values;

    private RecordedLoad(TestCluster cluster, string node, string name, int clients, Func<string, bool> isOfNode)
    {
        _clients = [cluster.Connect(), cluster.Connect()];
        _registers = [.. NamesOf($"{name}/{node}/r").Where(isOfNode).Take(Keys)];
        _counters = [.. NamesOf($"{name}/{node}/c").Where(isOfNode).Take(Keys / 3)];
        _running = Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => RunAsync(client))));
    }

    public static async Task<RecordedLoad> StartAsync(TestCluster cluster, string node, string name, int clients = 6)
    {
        var info = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), node);
        var load = new RecordedLoad(cluster, node, name, clients, key => info.Owns(new KvKey(key).Slot));
        await load.ProgressAsync();
        return load;
    }

    /// <summary>Waits until so many more operations were answered.</summary>
    public Task ProgressAsync(int operations = 200)
    {
        var until = Answered + operations;
        return TestCluster.PollAsync($"{operations} more operations are answered", () => _running.IsFaulted ? Throw() : Task.FromResult(Answered >= until));

        async Task<bool> Throw()
        {
            await _running;
            return false;
        }
    }

    /// <summary>Ends the clients and holds what they were told against what one key does when operations happen one after the other.</summary>
    public async Task AssertLinearizableAsync()
    {
        await _stop.CancelAsync();
        await _running;
        var kinds = _history.GroupBy(operation => (operation.Kind, operation.Code)).ToDictionary(group => group.Key, group => group.Count());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", kinds.Select(kind => $"{kind.Key.Kind} {kind.Key.Code}: {kind.Value}")));
        Assert.True(kinds.ContainsKey((OperationKind.Read, ResultCode.Found)) && kinds.ContainsKey((OperationKind.Put, ResultCode.Updated)) && kinds.ContainsKey((OperationKind.Increment, ResultCode.Updated)));
        var verdict = LinearizabilityChecker.Check(_history);
        Assert.True(verdict.Kind == VerdictKind.Linearizable, $"{verdict.Kind}: {verdict.Witness}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (var client in _clients) client.Dispose();
        _stop.Dispose();
    }

    private int Answered => _history.Count(operation => operation.Code != ResultCode.Unknown);

    private static IEnumerable<string> NamesOf(string prefix) => Enumerable.Range(0, 10_000).Select(number => string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}"));

    private async Task RunAsync(int client)
    {
        var random = new Random(client);
        while (!_stop.IsCancellationRequested)
        {
            var register = _registers[random.Next(_registers.Length)];
            await (random.Next(10) switch
            {
                < 4 => ReadAsync(client, register),
                < 7 => PutAsync(client, register, default, OperationCondition.None, 0),
                < 8 => CompareAndSetAsync(client, register),
                < 9 => IncrementAsync(client, _counters[random.Next(_counters.Length)]),
                _ => ReadAsync(client, _counters[random.Next(_counters.Length)]),
            });
            await Task.Delay(Think, TestContext.Current.CancellationToken);
        }
    }

    private async Task<KvReadResult?> ReadAsync(int client, string key)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            var read = await ClientOf(client).GetAsync(key, Linearizable);
            var seen = read.Found ? KeyContent.Of(long.Parse(read.Text, CultureInfo.InvariantCulture)) : KeyContent.Absent;
            Record(client, key, OperationKind.Read, began, read.Found ? ResultCode.Found : ResultCode.Absent, seen: seen);
            return read;
        }
        catch (KvClusterException)
        {
            // A read that was not answered says nothing about the history.
            return null;
        }
    }

    private async Task CompareAndSetAsync(int client, string key)
    {
        if (await ReadAsync(client, key) is not { } read) return;
        if (read.Found) await PutAsync(client, key, KvCondition.Match(read.Revision), OperationCondition.Match, long.Parse(read.Text, CultureInfo.InvariantCulture));
        else await PutAsync(client, key, KvCondition.Absent, OperationCondition.Absent, 0);
    }

    private async Task PutAsync(int client, string key, KvCondition condition, OperationCondition recorded, long expected)
    {
        var value = Interlocked.Increment(ref _values);
        var began = Stopwatch.GetTimestamp();
        var code = await CodeOfAsync(async () =>
            CodeOf((await ClientOf(client).PutAsync(key, value.ToString(CultureInfo.InvariantCulture), new KvWriteOptions { Condition = condition })).Status));
        if (code is { } told) Record(client, key, OperationKind.Put, began, told, value, recorded, expected);
    }

    private async Task IncrementAsync(int client, string key)
    {
        var began = Stopwatch.GetTimestamp();
        var seen = KeyContent.Absent;
        var code = await CodeOfAsync(async () =>
        {
            var result = await ClientOf(client).IncrementAsync(key);
            seen = KeyContent.Of(result.Value);

            // All of them add one, so that the one that says 1 is the one that made the key.
            return result.Value == 1 ? ResultCode.Created : ResultCode.Updated;
        });
        if (code is { } told) Record(client, key, OperationKind.Increment, began, told, argument: 1, seen: seen);
    }

    /// <returns>Nothing when the write certainly was not done.</returns>
    private static async Task<ResultCode?> CodeOfAsync(Func<Task<ResultCode>> write)
    {
        try
        {
            return await write();
        }
        catch (KvClusterException failure)
        {
            return failure.IsOutcomeUnknown ? ResultCode.Unknown : null;
        }
    }

    private static ResultCode CodeOf(KvStatus status) => status switch
    {
        KvStatus.Created => ResultCode.Created,
        KvStatus.Updated => ResultCode.Updated,
        KvStatus.PreconditionFailed => ResultCode.PreconditionFailed,
        _ => throw new InvalidOperationException($"A write was answered with {status}."),
    };

    private void Record(
        int client, string key, OperationKind kind, long began, ResultCode code, long argument = 0, OperationCondition condition = OperationCondition.None, long expected = 0, KeyContent seen = default) =>
        _history.Add(new Operation
        {
            Key = key,
            Client = client,
            Kind = kind,
            InvokedAt = began,
            ReturnedAt = code == ResultCode.Unknown ? Operation.Never : Stopwatch.GetTimestamp(),
            Condition = condition,
            Expected = expected,
            Argument = argument,
            Code = code,
            Seen = seen,
        });

    private KvClusterClient ClientOf(int client) => _clients[client % _clients.Length];
}
