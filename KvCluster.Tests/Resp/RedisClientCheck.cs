using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace KvCluster.Tests.Resp;

/// <summary>What StackExchange.Redis must manage with one seed. The same source runs against 3.x in the tests and against 2.x in a program of its own.</summary>
/// <remarks>A check that fails throws <see cref="InvalidOperationException"/>: the program has no test library.</remarks>
internal sealed partial class RedisClientCheck : IAsyncDisposable
{
    private const int Keys = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly ConnectionMultiplexer _redis;
    private readonly ConcurrentQueue<string> _complaints = new();

    private RedisClientCheck(ConnectionMultiplexer redis)
    {
        _redis = redis;
        redis.ConnectionFailed += (_, failed) => _complaints.Enqueue($"ConnectionFailed: {failed.EndPoint} {failed.ConnectionType} {failed.FailureType} {failed.Exception?.Message}");
        redis.InternalError += (_, error) => _complaints.Enqueue($"InternalError: {error.Origin} {error.Exception.Message}");
        redis.ErrorMessage += (_, error) => _complaints.Enqueue($"ErrorMessage: {error.EndPoint} {error.Message}");
    }

    public ConnectionMultiplexer Redis => _redis;
    public IDatabase Database => _redis.GetDatabase();

    /// <summary>Connects, and demands a log without any word of trouble.</summary>
    public static async Task<RedisClientCheck> ConnectAsync(EndPoint seed, RedisProtocol protocol)
    {
        var options = new ConfigurationOptions
        {
            Protocol = protocol,
            AbortOnConnectFail = true,
            AllowAdmin = true,
            ClientName = "check",
            ConnectTimeout = 10_000,
            SyncTimeout = 10_000,
            AsyncTimeout = 10_000,
        };
        options.EndPoints.Add(seed);
        using var log = new StringWriter();
        var check = new RedisClientCheck(await ConnectionMultiplexer.ConnectAsync(options, log));
        var trouble = log.ToString().Split('\n').Where(line => Trouble().IsMatch(line) && !OwnQuestion().IsMatch(line)).ToArray();
        Require(trouble.Length == 0, $"The log of the connection tells of trouble:\n{string.Join('\n', trouble)}\nThe whole log:\n{log}");
        check.RequireCalm();
        return check;
    }

    /// <summary>A short stay whose requests are always the same.</summary>
    public static async Task VisitAsync(EndPoint seed, RedisProtocol protocol)
    {
        await using var check = await ConnectAsync(seed, protocol);

        // Confirmed behind the client's own subscriptions on the same connection.
        await check._redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("visit"), (_, _) => { });
        Require(await check.Database.StringSetAsync("visitor", "was here"), "SET was refused.");
        Require(await check.Database.StringGetAsync("visitor") == "was here", "GET found something else.");
        check.RequireCalm();
        await check._redis.CloseAsync();
    }

    /// <summary>Writes and reads keys of every node, in a transaction too, and demands that nothing was complained of.</summary>
    public async Task UseAllNodesAsync(string prefix, int nodes)
    {
        await WriteAllAsync(prefix, "before");
        await RequireAllAsync(prefix, "before");
        var used = new HashSet<EndPoint>();
        for (var i = 0; i < Keys; i++) used.Add(await Database.IdentifyEndpointAsync($"{prefix}:{i}") ?? throw new InvalidOperationException("No server for a key."));
        Require(used.Count == nodes, $"{used.Count} servers were used, not {nodes}.");
        var mains = _redis.GetServers().Count(server => server.IsConnected && !server.IsReplica);
        Require(mains == nodes, $"{mains} mains are connected, not {nodes}.");

        RedisKey counter = $"{prefix}:counter";
        await Database.KeyDeleteAsync(counter);
        var transaction = Database.CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists(counter));
        var counted = transaction.StringIncrementAsync(counter, 5);
        Require(await transaction.ExecuteAsync() && await counted == 5, "The transaction was not carried out.");
        RequireCalm();
    }

    /// <summary>After a main was killed: the same connection must write and read every key again.</summary>
    public async Task OutliveAsync(string prefix)
    {
        var clock = Stopwatch.StartNew();
        while (!await TryWriteAllAsync(prefix))
        {
            Require(clock.Elapsed < Patience, $"No writes for {Patience.TotalSeconds} s after the kill. {string.Join('\n', _complaints)}");
            await Task.Delay(Pause);
        }

        await RequireAllAsync(prefix, "after");
    }

    public void RequireCalm() => Require(_complaints.IsEmpty, string.Join('\n', _complaints));

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    private async Task WriteAllAsync(string prefix, string value)
    {
        for (var i = 0; i < Keys; i++) Require(await Database.StringSetAsync($"{prefix}:{i}", value), "SET was refused.");
    }

    private async Task RequireAllAsync(string prefix, string value)
    {
        for (var i = 0; i < Keys; i++) Require(await Database.StringGetAsync($"{prefix}:{i}") == value, $"{prefix}:{i} is not '{value}'.");
    }

    private async Task<bool> TryWriteAllAsync(string prefix)
    {
        try
        {
            await WriteAllAsync(prefix, "after");
            return true;
        }
        catch (Exception away) when (away is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The node has no main for a moment, and the connection to it is being replaced; the caller asks again.
            return false;
        }
    }

    private static void Require(bool isSo, string otherwise)
    {
        if (!isSo) throw new InvalidOperationException(otherwise);
    }

    // The client asks every server of a cluster for one key at its start, and whose slot it is not says so, as in Redis Cluster.
    [GeneratedRegex("GET __Booksleeve_TieBreak: (?:Simple)?Error: MOVED")]
    private static partial Regex OwnQuestion();

    [GeneratedRegex("fail|warn|error|exception|unable|timed out|timeouts: [1-9]|refused|unexpected|unknown|disconnected|no response", RegexOptions.IgnoreCase)]
    private static partial Regex Trouble();
}
