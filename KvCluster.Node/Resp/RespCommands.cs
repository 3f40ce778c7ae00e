using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace KvCluster.Node.Resp;

/// <summary>All commands of the Redis port.</summary>
internal static class RespCommands
{
    private const int NameLengthMax = 24;

    private static readonly RespCommand[] Commands = Numbered(
    [
        Read("get", 2, StringPlans.Get),
        Write("set", -3, StringPlans.Set), Write("setnx", 3, StringPlans.SetNx), Write("setex", 4, StringPlans.SetEx), Write("psetex", 4, StringPlans.PSetEx),
        Write("getset", 3, StringPlans.GetSet), Write("getdel", 2, StringPlans.GetDel), Write("getex", -2, StringPlans.GetEx),
        Read("mget", -2, StringPlans.MGet, last: -1), Write("mset", -3, StringPlans.MSet, last: -1, step: 2), Write("msetnx", -3, StringPlans.MSetNx, last: -1, step: 2),
        Write("append", 3, StringPlans.Append), Read("strlen", 2, StringPlans.StrLen), Read("getrange", 4, StringPlans.GetRange), Read("substr", 4, StringPlans.GetRange),
        Write("setrange", 4, StringPlans.SetRange), Write("incr", 2, StringPlans.Incr), Write("decr", 2, StringPlans.Decr), Write("incrby", 3, StringPlans.IncrBy),
        Write("decrby", 3, StringPlans.DecrBy), Write("incrbyfloat", 3, StringPlans.IncrByFloat), Read("kv.get", 2, StringPlans.Describe),

        Write("del", -2, KeyPlans.Del, last: -1), Write("unlink", -2, KeyPlans.Del, last: -1), Read("exists", -2, KeyPlans.Exists, last: -1),
        Read("touch", -2, KeyPlans.Exists, last: -1), Read("type", 2, KeyPlans.Type), Write("persist", 2, KeyPlans.Persist),
        Write("expire", -3, KeyPlans.Expire), Write("pexpire", -3, KeyPlans.PExpire), Write("expireat", -3, KeyPlans.ExpireAt), Write("pexpireat", -3, KeyPlans.PExpireAt),
        Read("ttl", 2, KeyPlans.Ttl), Read("pttl", 2, KeyPlans.PTtl), Read("expiretime", 2, KeyPlans.ExpireTime), Read("pexpiretime", 2, KeyPlans.PExpireTime),
        Write("rename", 3, KeyPlans.Rename, last: 2), Write("renamenx", 3, KeyPlans.RenameNx, last: 2), Write("copy", -3, KeyPlans.Copy, last: 2),

        Write("hset", -4, HashPlans.HSet), Write("hmset", -4, HashPlans.HMSet), Write("hsetnx", 4, HashPlans.HSetNx), Read("hget", 3, HashPlans.HGet),
        Read("hmget", -3, HashPlans.HMGet), Read("hgetall", 2, HashPlans.HGetAll), Read("hkeys", 2, HashPlans.HKeys), Read("hvals", 2, HashPlans.HVals),
        Write("hdel", -3, HashPlans.HDel), Read("hexists", 3, HashPlans.HExists), Read("hlen", 2, HashPlans.HLen), Read("hstrlen", 3, HashPlans.HStrLen),
        Write("hincrby", 4, HashPlans.HIncrBy), Write("hincrbyfloat", 4, HashPlans.HIncrByFloat),

        Server("multi", 1, TransactionCommands.Multi) with { IsImmediate = true }, Server("exec", 1, TransactionCommands.Exec) with { IsImmediate = true },
        Server("discard", 1, TransactionCommands.Discard) with { IsImmediate = true }, Server("watch", -2, TransactionCommands.Watch) with { IsImmediate = true, FirstKey = 1, LastKey = -1, KeyStep = 1 },
        Server("unwatch", 1, TransactionCommands.Unwatch),

        Server("ping", -1, ConnectionCommands.Ping) with { IsForSubscribers = true }, Server("echo", 2, ConnectionCommands.Echo),
        Server("quit", -1, ConnectionCommands.Quit) with { IsImmediate = true, IsForSubscribers = true },
        Server("reset", 1, ConnectionCommands.Reset) with { IsImmediate = true, IsForSubscribers = true },
        Server("hello", -1, ConnectionCommands.Hello), Server("auth", -2, ConnectionCommands.Auth), Server("select", 2, ConnectionCommands.Select),
        Server("readonly", 1, ConnectionCommands.ReadOnly), Server("readwrite", 1, ConnectionCommands.ReadWrite), Server("asking", 1, ConnectionCommands.Asking),
        Server("wait", 3, WaitCommands.Wait), Server("waitaof", 4, WaitCommands.WaitAof), Server("time", 1, ConnectionCommands.Time),
        Server("client", -2, ClientCommands.Client),

        Server("info", -1, ServerCommands.Info) with { IsLong = true }, Server("config", -2, ConfigCommands.Config), Server("command", -1, CommandCommands.Command),
        Server("latency", -2, ServerCommands.Latency), Server("slowlog", -2, ServerCommands.SlowLog), Keyspace("memory", -2, ServerCommands.Memory), Server("role", 1, ServerCommands.Role),
        Keyspace("cluster", -2, ClusterCommands.Cluster),
        Keyspace("dbsize", 1, KeyspaceCommands.DbSize), Keyspace("keys", 2, KeyspaceCommands.Keys), Keyspace("randomkey", 1, KeyspaceCommands.RandomKey),
        Keyspace("scan", -2, KeyspaceCommands.Scan), Keyspace("flushall", -1, KeyspaceCommands.Flush), Keyspace("flushdb", -1, KeyspaceCommands.Flush),

        Server("subscribe", -2, PubSubCommands.Subscribe) with { IsForSubscribers = true }, Server("unsubscribe", -1, PubSubCommands.Unsubscribe) with { IsForSubscribers = true },
        Server("psubscribe", -2, PubSubCommands.PSubscribe) with { IsForSubscribers = true }, Server("punsubscribe", -1, PubSubCommands.PUnsubscribe) with { IsForSubscribers = true },
        Server("publish", 3, PubSubCommands.Publish), Server("pubsub", -2, PubSubCommands.PubSub),
    ]);

    public static readonly RespCommand Get = Commands[0];

    private static readonly FrozenDictionary<string, RespCommand> ByName = Commands.ToFrozenDictionary(command => command.Name, StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, RespCommand>.AlternateLookup<ReadOnlySpan<char>> Lookup = ByName.GetAlternateLookup<ReadOnlySpan<char>>();

    public static IReadOnlyList<RespCommand> All => Commands;

    public static bool TryFind(ReadOnlySpan<byte> name, [NotNullWhen(true)] out RespCommand? command)
    {
        command = null;
        if (name.Length > NameLengthMax) return false;
        Span<char> lower = stackalloc char[name.Length];
        for (var i = 0; i < name.Length; i++) lower[i] = char.ToLowerInvariant((char)name[i]);
        return Lookup.TryGetValue(lower, out command);
    }

    private static RespCommand[] Numbered(RespCommand[] commands) => [.. commands.Select((command, place) => command with { Place = place })];

    private static RespCommand Read(string name, int arity, PlanSteps plan, int last = 1, int step = 1) =>
        new(name, arity, RespCommandKind.Read, 1, last, step, plan, null);

    private static RespCommand Write(string name, int arity, PlanSteps plan, int last = 1, int step = 1) =>
        new(name, arity, RespCommandKind.Write, 1, last, step, plan, null);

    private static RespCommand Keyspace(string name, int arity, AnswerRequest answer) => Server(name, arity, answer) with { IsLong = true, IsOnKeyspace = true };

    private static RespCommand Server(string name, int arity, AnswerRequest answer) =>
        new(name, arity, RespCommandKind.Server, 0, 0, 0, null, answer);
}
