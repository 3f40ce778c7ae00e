using System.Globalization;
using KvCluster.Node.Resp;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Resp;

/// <summary>What the port says of its commands, its clients, the server and the cluster.</summary>
public sealed class RespAnswerTests
{
    [Fact]
    public async Task EveryCommand_IsDescribed()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.Equal($":{RespCommands.All.Count}", client.Line("command count"));
        foreach (var command in RespCommands.All)
        {
            var docs = client.Line($"command docs {command.Name}");
            Assert.StartsWith($"[${command.Name} [$summary $", docs, StringComparison.Ordinal);
            Assert.Contains($" $arity :{command.Arity}]", docs, StringComparison.Ordinal);
            var flags = RespDescriptions.Of(command).Flags.Split(' ');
            if (command.Kind != RespCommandKind.Server) Assert.Contains(command.Kind == RespCommandKind.Write ? "write" : "readonly", flags);
            Assert.Equal((command.Name, command.FirstKey > 0), (command.Name, RespDescriptions.Of(command).KeyFlags.Length > 0));
        }
    }

    [Theory]
    [InlineData("config get save", "[$save $]")]
    [InlineData("config get maxmemory-samples requirepass", "[$maxmemory-samples $5 $requirepass $]")]
    [InlineData("config get slowlog-*", "[$slowlog-log-slower-than $-1 $slowlog-max-len $0]")]
    [InlineData("config get tcp-keepalive", "[$tcp-keepalive $0]")]
    [InlineData("config get cluster-node-timeout", "[$cluster-node-timeout $750]")]
    [InlineData("config get notify-keyspace-events", "[$notify-keyspace-events $]")]
    [InlineData("config get min-replicas-to-write", "[$min-replicas-to-write $0]")]
    [InlineData("config get loglevel", "[$loglevel $notice]")]
    [InlineData("config get hash-max-listpack-*", "[$hash-max-listpack-entries $65536 $hash-max-listpack-value $65536]")]
    public async Task ConfigGet_TellsWhatIsTrue(string request, string expected)
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.Equal(expected, client.Line(request));
    }

    [Theory]
    [InlineData("client")]
    [InlineData("cluster")]
    [InlineData("command")]
    [InlineData("config")]
    [InlineData("latency")]
    [InlineData("memory")]
    [InlineData("pubsub")]
    [InlineData("slowlog")]
    public async Task Help_NamesSubcommandsThatExist(string command)
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        var help = client.Line($"{command} help");
        Assert.StartsWith($"[+{command.ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are: +", help, StringComparison.Ordinal);
        var named = help.Split(" +").Where(line => line.Length > 0 && char.IsAsciiLetterUpper(line[0])).Select(line => line.Split(' ', ']')[0]).ToArray();
        Assert.True(named.Length >= 3, help);
        foreach (var subcommand in named) Assert.DoesNotContain("unknown subcommand '" + subcommand, Attempt(client, command, subcommand), StringComparison.Ordinal);
        Assert.StartsWith("-ERR unknown subcommand 'nonsense'", client.Line($"{command} nonsense"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientList_HasRedisFields()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        using var subscriber = await rig.ConnectAsync();
        Assert.Equal("+OK", client.Line("client setname me"));
        subscriber.Line("subscribe news");
        var fields = Fields(client.Line("client info"));
        Assert.Equal(
            "id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free obl oll omem tot-mem events cmd user redir resp lib-name lib-ver",
            string.Join(' ', fields.Keys));
        Assert.Equal(("me", "N", "-1", "r", "client", "2"), (fields["name"], fields["flags"], fields["multi"], fields["events"], fields["cmd"], fields["resp"]));
        Assert.True(int.Parse(fields["fd"], CultureInfo.InvariantCulture) > 0);

        var listening = client.Line("client list type pubsub");
        Assert.Equal(("P", "1", "subscribe"), (Fields(listening)["flags"], Fields(listening)["sub"], Fields(listening)["cmd"]));
        Assert.Equal(2, client.Line("client list").Trim().Split('\n').Length);
        Assert.Equal(fields["id"], Fields(client.Line($"client list id {fields["id"]}"))["id"]);
        Assert.StartsWith("-ERR Unknown client type", client.Line("client list type nonsense"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Info_CountsCallsErrorsAndNamesTheHistory()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        client.Line("get a");
        client.Line("get a");
        client.Line("nonsense");
        client.Line("config reset");
        var all = client.Line("info everything");
        foreach (var section in new[] { "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules", "Commandstats", "Errorstats", "Cluster", "Keyspace" }) Assert.Contains($"# {section}\r\n", all, StringComparison.Ordinal);
        Assert.Contains("cmdstat_get:calls=2\r\n", all, StringComparison.Ordinal);
        Assert.Contains("errorstat_ERR:count=2\r\n", all, StringComparison.Ordinal);
        Assert.Contains("total_error_replies:2\r\n", all, StringComparison.Ordinal);
        Assert.DoesNotContain("# Commandstats", client.Line("info"), StringComparison.Ordinal);
        Assert.InRange(long.Parse(Line(all, "used_memory"), CultureInfo.InvariantCulture), GC.GetTotalMemory(false) / 2, long.MaxValue);
        Assert.Equal("7d1c3f5e00004000800000000000000100000100", Line(all, "master_replid"));

        Assert.Equal("+OK", client.Line("config resetstat"));
        Assert.DoesNotContain("cmdstat_get", client.Line("info commandstats"), StringComparison.Ordinal);
        Assert.Equal("$# Errorstats\r\n", client.Line("info errorstats"));
    }

    [Fact]
    public async Task ReplicaAndItsLink_AreShownAsTheyAre()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        rig.AddReplica(isInSync: true);
        rig.Status = rig.Status with { LogLast = new LogIndex(100), ReplicationLag = 7 };
        var info = client.Line("info replication");
        Assert.Contains("connected_slaves:1\r\nslave0:ip=127.0.0.1,port=11,state=online,offset=93,lag=0\r\n", info, StringComparison.Ordinal);
        Assert.Contains("master_repl_offset:100\r\n", info, StringComparison.Ordinal);
        Assert.Contains("0 0 1 connected\n", client.Line("cluster nodes"), StringComparison.Ordinal);
        Assert.StartsWith("[[$direction $to $node $00000008", client.Line("cluster links"), StringComparison.Ordinal);
        Assert.Equal(2, client.Line("cluster links").Split("$direction").Length - 1);

        // It fell silent and was taken out of the in-sync set.
        rig.AddReplica(isInSync: false);
        rig.Status = rig.Status with { ReplicationLag = null };
        Assert.Contains("connected_slaves:0\r\nmaster_failover_state", client.Line("info replication"), StringComparison.Ordinal);
        Assert.Matches(@"127.0.0.1:11@11 slave,fail 0{7}1\w* 0 0 1 disconnected", client.Line("cluster nodes"));
        Assert.Equal("[]", client.Line("cluster links"));
        Assert.Contains("$health $failed", client.Line("cluster shards"), StringComparison.Ordinal);

        // It speaks again and is sent what it missed.
        rig.Status = rig.Status with { ReplicationLag = 50 };
        Assert.Matches(@"127.0.0.1:11@11 slave 0{7}1\w* 0 0 1 disconnected", client.Line("cluster nodes"));
        Assert.Contains("state=send_bulk,offset=50,lag=0", client.Line("info replication"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedStorage_MakesItsSlotsFail()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.Contains("cluster_state:ok\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:16384", client.Line("cluster info"), StringComparison.Ordinal);
        rig.Status = rig.Status with { State = ServerState.Failed };
        var info = client.Line("cluster info");
        Assert.Contains("cluster_state:fail\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:0\r\ncluster_slots_pfail:0\r\ncluster_slots_fail:16384", info, StringComparison.Ordinal);
        Assert.Contains("myself,master,fail ", client.Line("cluster nodes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_InRelaxedMode_WaitsForTheReplica()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        rig.Copies = 1;
        rig.AddReplica(isInSync: true);
        rig.Status = rig.Status with { WriteMode = WriteMode.Relaxed, LogLast = new LogIndex(10), ReplicationLag = 3 };
        Assert.Equal("+OK", client.Line("set a 1"));
        Assert.Equal(":0", client.Line("wait 1 20"));
        Assert.Equal(":0", client.Line("wait 0 0"));

        // The log goes on; what counts is where it was when the question came.
        client.Send("wait", "1", "0");
        client.Send("ping");
        rig.Status = rig.Status with { LogLast = new LogIndex(20), ReplicationLag = 0 };
        Assert.Equal([":1", "+PONG"], [client.Read(), client.Read()]);
        Assert.Equal("[:1 :1]", client.Line("waitaof 1 1 1000"));
    }

    [Fact]
    public async Task AnnouncedAddress_IsToldToClients()
    {
        await using var rig = await RespRig.StartAsync(announced: "redis.example:7000");
        using var client = await rig.ConnectAsync();
        Assert.Contains(" redis.example:7000@7000 myself,master ", client.Line("cluster nodes"), StringComparison.Ordinal);
        Assert.StartsWith("[[:0 :16383 [$redis.example :7000 $", client.Line("cluster slots"), StringComparison.Ordinal);
        Assert.Contains("$port :7000 $ip $redis.example $endpoint $redis.example ", client.Line("cluster shards"), StringComparison.Ordinal);
        var options = new KvCluster.Node.Options.KvNodeOptions { BindAddress = "10.0.0.1", RespPort = 6379 };
        Assert.Equal("10.0.0.1:6379", options.RespAddress);
        options.AdvertisedHost = "node.example";
        Assert.Equal("node.example:6379", options.RespAddress);
        (options.RespAdvertisedHost, options.RespAdvertisedPort) = ("redis.example", 7000);
        Assert.Equal("redis.example:7000", options.RespAddress);
    }

    [Fact]
    public async Task Quit_IsAnsweredAndClosesTheConnection()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.Equal("+OK", client.Line("quit"));
        Assert.True(client.IsAtEnd());
    }

    [Fact]
    public async Task Expiries_OfMilliseconds_AreCounted()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("psetex a 100000 1");
        Assert.InRange(Number(client.Line("pttl a")), 90_000, 100_000);
        Assert.Equal(":1", client.Line("pexpire a 200000"));
        Assert.InRange(Number(client.Line("pttl a")), 190_000, 200_000);
        client.Line("setex b 100 1");
        Assert.InRange(Number(client.Line("ttl b")), 90, 100);
        var time = client.Line("time").Trim('[', ']').Split(' ').Select(part => long.Parse(part[1..], CultureInfo.InvariantCulture)).ToArray();
        Assert.InRange(time[0], DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.InRange(time[1], 0, 999_999);
    }

    private static long Number(string answer) => long.Parse(answer[1..], CultureInfo.InvariantCulture);
    private static string Line(string info, string name) => info.Split("\r\n").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..];
    private static Dictionary<string, string> Fields(string line) => line.TrimStart('$').Trim().Split(' ').Select(field => field.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    // With arguments where the subcommand wants some: what counts is that it is known.
    private static string Attempt(RespTestClient client, string command, string subcommand)
    {
        var answers = new[] { Array.Empty<string>(), ["1"], ["1", "1"] }.Select(arguments => client.Ask([command, subcommand, .. arguments])).ToArray();
        return answers.FirstOrDefault(answer => !answer.StartsWith("-ERR unknown subcommand", StringComparison.Ordinal)) ?? answers[0];
    }
}
