using System.Globalization;
using KvCluster.Core.Replication;

namespace KvCluster.Tests.Resp;

/// <summary>Conversations on the real port: what Redis 7 answers to the same lines.</summary>
public sealed class RespCommandTests
{
    [Theory]
    [InlineData("set a 1 => +OK; get a => $1; set a 2 NX => nil; set a 2 XX GET => $1; get a => $2; get nobody => nil")]
    [InlineData("set a 1 EXAT 99999999999 => +OK; expiretime a => :99999999999; set a 2 KEEPTTL => +OK; expiretime a => :99999999999; set a 3 => +OK; ttl a => :-1; ttl b => :-2")]
    [InlineData("set a 1 EX 0 => -ERR invalid expire time in 'set' command; set a 1 EX x => -ERR value is not an integer or out of range; set a 1 FOO => -ERR syntax error")]
    [InlineData("set a 1 NX XX => -ERR syntax error; set a 1 EX 5 PX 5 => -ERR syntax error; set a => -ERR wrong number of arguments for 'set' command")]
    [InlineData("setnx a 1 => :1; setnx a 2 => :0; getset a 3 => $1; getdel a => $3; getdel a => nil")]
    [InlineData("append a ab => :2; append a cd => :4; strlen a => :4; getrange a 1 -2 => $bc; getrange a 5 9 => $; setrange a 5 x => :6")]
    [InlineData("incr a => :1; incrby a 41 => :42; decr a => :41; decrby a 40 => :1; set a x => +OK; incr a => -ERR value is not an integer or out of range")]
    [InlineData("set a 9223372036854775807 => +OK; incr a => -ERR increment or decrement would overflow; incrbyfloat b 10.5 => $10.5; incrbyfloat b -0.1 => $10.4; incrbyfloat b x => -ERR value is not a valid float")]
    [InlineData("mset {x}a 1 {x}b 2 => +OK; mget {x}a {x}b {x}c => [$1 $2 nil]; msetnx {x}c 1 {x}a 2 => :0; exists {x}c => :0; msetnx {x}c 1 {x}d 2 => :1; del {x}a {x}b {x}nobody => :2")]
    [InlineData("set a 1 => +OK; expire a 100 => :1; expire a 200 NX => :0; expire a 50 GT => :0; expire a 500 GT => :1; expire a 50 LT => :1; persist a => :1; persist a => :0; expire a -1 => :1; exists a => :0")]
    [InlineData("set a 1 PXAT 99999999999999 => +OK; pexpiretime a => :99999999999999; expiretime a => :100000000000; getex a PERSIST => $1; ttl a => :-1; getex a EXAT 99999999999 => $1; expiretime a => :99999999999")]
    [InlineData("set {x}a 1 EXAT 99999999999 => +OK; rename {x}a {x}b => +OK; get {x}a => nil; expiretime {x}b => :99999999999; rename {x}a {x}c => -ERR no such key; set {x}c 2 => +OK; renamenx {x}b {x}c => :0; copy {x}b {x}c => :0; copy {x}b {x}c REPLACE => :1; get {x}c => $1")]
    [InlineData("hset h a 1 b 2 => :2; hset h a 3 => :0; hget h a => $3; hmget h a x b => [$3 nil $2]; hgetall h => [$a $3 $b $2]; hlen h => :2; hdel h a x => :1; hexists h a => :0; hexists h b => :1")]
    [InlineData("hincrby h n 5 => :5; hincrby h n -7 => :-2; hincrbyfloat h n 0.5 => $-1.5; hincrby h n 1 => -ERR hash value is not an integer; hdel h n => :1; exists h => :0; hsetnx h a 1 => :1; hsetnx h a 2 => :0")]
    [InlineData("hset h a 1 => :1; get h => -WRONGTYPE Operation against a key holding the wrong kind of value; type h => +hash; set h x => +OK; hget h a => -WRONGTYPE Operation against a key holding the wrong kind of value; type h => +string; type nobody => +none")]
    [InlineData("hset h a 1 => :1; incr h => -WRONGTYPE Operation against a key holding the wrong kind of value; mget h => [nil]; expireat h 99999999999 => :1; expiretime h => :99999999999; hset h b 2 => :1; expiretime h => :99999999999")]
    [InlineData("ping => +PONG; ping x => $x; echo y => $y; select 0 => +OK; select 1 => -ERR SELECT is not allowed in cluster mode; select x => -ERR value is not an integer or out of range; foo bar => -ERR unknown command 'foo', with args beginning with: 'bar' ; get => -ERR wrong number of arguments for 'get' command")]
    [InlineData("dbsize => :0; set a 1 => +OK; set b 2 => +OK; dbsize => :2; keys * => [$a $b]; keys [b-z] => [$b]; flushall => +OK; dbsize => :0; randomkey => nil")]
    [InlineData("wait 1 0 => :0; set a 1 => +OK; wait 1 0 => :1; wait 0 -1 => -ERR timeout is negative; cluster keyslot foo => :12182; cluster countkeysinslot 15495 => :1; cluster getkeysinslot 15495 10 => [$a]")]
    [InlineData("hello 4 => -NOPROTO unsupported protocol version; client setname me => +OK; client getname => $me; client setinfo lib-name x => +OK; readonly => +OK; readwrite => +OK; client foo => -ERR unknown subcommand 'foo'. Try CLIENT HELP.")]
    [InlineData("multi => +OK; set a 1 => +QUEUED; incr a => +QUEUED; get a => +QUEUED; ping => +QUEUED; exec => [+OK :2 $2 +PONG]; exec => -ERR EXEC without MULTI; discard => -ERR DISCARD without MULTI")]
    [InlineData("multi => +OK; set a x => +QUEUED; incr a => +QUEUED; set b 1 FOO => -CROSSSLOT Keys in request don't hash to the same slot; exec => -EXECABORT Transaction discarded because of previous errors.; get a => nil")]
    [InlineData("multi => +OK; set a x => +QUEUED; incr a => +QUEUED; set a 1 FOO => +QUEUED; exec => [+OK -ERR value is not an integer or out of range -ERR syntax error]; get a => $x")]
    [InlineData("multi => +OK; multi => -ERR MULTI calls can not be nested; watch a => -ERR WATCH inside MULTI is not allowed; set a => -ERR wrong number of arguments for 'set' command; exec => -EXECABORT Transaction discarded because of previous errors.")]
    [InlineData("mget a b => -CROSSSLOT Keys in request don't hash to the same slot; mset a 1 b 2 => -CROSSSLOT Keys in request don't hash to the same slot; scan 0 => [$0 []]; scan x => -ERR invalid cursor; scan 777 => -ERR invalid cursor")]
    [InlineData("hset h a 1 => :1; setrange h 0 x => -WRONGTYPE Operation against a key holding the wrong kind of value; append h x => -WRONGTYPE Operation against a key holding the wrong kind of value; incrbyfloat h 1 => -WRONGTYPE Operation against a key holding the wrong kind of value; set h x GET => -WRONGTYPE Operation against a key holding the wrong kind of value; getdel h => -WRONGTYPE Operation against a key holding the wrong kind of value; getex h => -WRONGTYPE Operation against a key holding the wrong kind of value; getex h EX 5 => -WRONGTYPE Operation against a key holding the wrong kind of value; strlen h => -WRONGTYPE Operation against a key holding the wrong kind of value; getrange h 0 1 => -WRONGTYPE Operation against a key holding the wrong kind of value; getset h x => -WRONGTYPE Operation against a key holding the wrong kind of value; decr h => -WRONGTYPE Operation against a key holding the wrong kind of value; hget h a => $1")]
    [InlineData("auth x => -ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?; auth default x => +OK; auth somebody x => -WRONGPASS invalid username-password pair or user is disabled.; auth a b c => -ERR syntax error")]
    [InlineData("hello 3 AUTH somebody x => -WRONGPASS invalid username-password pair or user is disabled.; client setname => -ERR wrong number of arguments for 'client|setname' command; cluster keyslot => -ERR wrong number of arguments for 'cluster|keyslot' command; config get => -ERR wrong number of arguments for 'config|get' command; pubsub numpat x => -ERR wrong number of arguments for 'pubsub|numpat' command")]
    [InlineData("client list ID x => -ERR Invalid client ID; client list TYPE foo => -ERR Unknown client type 'foo'; client list TYPE replica => $; client list ID 999999 => $; client list foo bar => -ERR syntax error")]
    [InlineData("waitaof 0 0 -1 => -ERR timeout is negative; cluster getkeysinslot 99999 1 => -ERR Invalid slot or number of keys; cluster getkeysinslot 1 -1 => -ERR Invalid slot or number of keys; cluster countkeysinslot x => -ERR Invalid slot; cluster getkeysinslot 1 0 => []")]
    [InlineData("set a 1 NX NX => +OK; set a 2 NX NX => nil; set a 2 XX XX => +OK; set a 1 XX NX => -ERR syntax error; setrange a 16777216 x => -ERR string exceeds maximum allowed size (proto-max-bulk-len); copy {x}a {x}b DB 1 => -ERR Copying to another database is not allowed in cluster mode")]
    [InlineData("multi => +OK; set a 1 => +QUEUED; flushall => -ERR Command not allowed inside a transaction; exec => -EXECABORT Transaction discarded because of previous errors.; exists a => :0; multi => +OK; dbsize => -ERR Command not allowed inside a transaction; keys * => -ERR Command not allowed inside a transaction; scan 0 => -ERR Command not allowed inside a transaction; randomkey => -ERR Command not allowed inside a transaction; memory usage a => -ERR Command not allowed inside a transaction; discard => +OK")]
    [InlineData("setex a 100 1 => +OK; setex a 0 1 => -ERR invalid expire time in 'setex' command; setex a x 1 => -ERR value is not an integer or out of range; psetex a 0 1 => -ERR invalid expire time in 'psetex' command; psetex a 1 => -ERR wrong number of arguments for 'psetex' command; get a => $1")]
    [InlineData("mset {x}a 1 {x}b 2 => +OK; touch {x}a {x}b {x}c => :2; unlink {x}a {x}c => :1; touch {x}a => :0; pexpire {x}b 100000 NX => :1; pexpire {x}b 1 GT => :0; pexpire {x}c 1 => :0; pttl {x}c => :-2; persist {x}b => :1; pttl {x}b => :-1; pexpireat {x}b 99999999999999 => :1; pexpiretime {x}b => :99999999999999")]
    [InlineData("command getkeys mset a 1 b 2 => [$a $b]; command getkeys get a => [$a]; command getkeys rename a b => [$a $b]; command getkeys ping x => -ERR The command has no key arguments; command getkeys nosuch a => -ERR Invalid command specified; command getkeys get a b => -ERR Invalid number of arguments specified for command; command getkeysandflags get a => [[$a [+RO +access]]]; command getkeysandflags copy a b => [[$a [+RO +access]] [$b [+OW +update]]]")]
    [InlineData("command info get nosuch => [[$get :2 [+readonly +fast] :1 :1 :1 [+@read +@string +@fast] [] [[$flags [+RO +access] $begin_search [$type $index $spec [$index :1]] $find_keys [$type $range $spec [$lastkey :0 $keystep :1 $limit :0]]]] []] nil]; command docs ping => [$ping [$summary $Ping the server $since $1.0.0 $group $connection $arity :-1]]; command docs nosuch => []; command list filterby pattern p?tl* => [$pttl]; command list filterby aclcat nosuch => []; command list filterby => -ERR syntax error; command list filterby module x => []; command foo => -ERR unknown subcommand 'foo'. Try COMMAND HELP.")]
    [InlineData("config set a b => -ERR CONFIG SET is not supported: a server is configured when it starts; config get nosuch => []; config foo => -ERR unknown subcommand 'foo'. Try CONFIG HELP.; config rewrite => -ERR The server is running without a config file; config => -ERR wrong number of arguments for 'config' command; info nosuch => $; info cluster => $# Cluster\r\ncluster_enabled:1; info modules => $# Modules; time x => -ERR wrong number of arguments for 'time' command")]
    [InlineData("waitaof 1 0 0 => [:1 :0]; set a 1 => +OK; waitaof 1 1 0 => [:1 :1]; waitaof 2 0 0 => -ERR value is out of range, value must between 0 and 1; waitaof 0 0 -1 => -ERR timeout is negative; waitaof x 0 0 => -ERR value is not an integer or out of range; waitaof 0 0 => -ERR wrong number of arguments for 'waitaof' command")]
    [InlineData("client setname me => +OK; readonly => +OK; multi => +OK; set a 1 => +QUEUED; reset => +RESET; client getname => nil; get a => nil; exec => -ERR EXEC without MULTI; subscribe x => [$subscribe $x :1]; reset => +RESET; get a => nil; reset x => -ERR wrong number of arguments for 'reset' command")]
    [InlineData("hello x => -ERR Protocol version is not an integer or out of range; hello 2 setname me => [$server $redis $version $7.0.15 $proto :2 $id :1 $mode $cluster $role $master $modules []]; client getname => $me; hello 2 foo => -ERR Syntax error in HELLO option 'foo'; hello 2 setname => -ERR Syntax error in HELLO option 'setname'; client setname => -ERR wrong number of arguments for 'client|setname' command; client id => :1; client kill id 77 => :0; client no-evict on => +OK; client no-touch maybe => -ERR syntax error")]
    [InlineData("latency latest => []; latency history get => []; latency histogram => []; latency reset => :0; latency graph get => -ERR No samples available for event 'get'; latency doctor => $Latencies are in the server's metrics.; latency foo => -ERR unknown subcommand 'foo'. Try LATENCY HELP.; slowlog get => []; slowlog get 5 => []; slowlog len => :0; slowlog reset => +OK; slowlog foo => -ERR unknown subcommand 'foo'. Try SLOWLOG HELP.")]
    [InlineData("set a 12345 => +OK; memory usage a => :57; memory usage nobody => nil; memory usage a samples 0 => :57; memory purge => +OK; memory foo => -ERR unknown subcommand 'foo'. Try MEMORY HELP.")]
    [InlineData("cluster myid => $0000000100000000000000000000000000000000; cluster links => []; cluster shards => [[$slots [:0 :16383] $nodes [[$id $0000000100000000000000000000000000000000 $port :PORT $ip $127.0.0.1 $endpoint $127.0.0.1 $role $master $replication-offset :0 $health $online]]]]; cluster replicas 0000000100000000000000000000000000000000 => []; cluster replicas x => -ERR Unknown node x; cluster foo => -ERR unknown subcommand 'foo'. Try CLUSTER HELP.; cluster keyslot {a}b => :15495; cluster countkeysinslot 16384 => -ERR Invalid slot")]
    public async Task Conversation_IsAsWithRedis(string lines)
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        foreach (var line in lines.Split("; "))
        {
            var (request, expected) = (line[..line.IndexOf(" => ", StringComparison.Ordinal)], line[(line.IndexOf(" => ", StringComparison.Ordinal) + 4)..]);
            Assert.Equal((request, expected.Replace("PORT", rig.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)), (request, client.Line(request).TrimEnd() is var answer && expected.EndsWith(' ') ? answer + " " : answer));
        }
    }

    [Fact]
    public async Task PipelinedWrites_AreOneEntryAndSeenByTheReadsBehindThem()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        var before = rig.Entries;
        client.Raw([.. RespTestClient.Encode("SET", "a", "1"), .. RespTestClient.Encode("INCR", "b"), .. RespTestClient.Encode("GET", "a"), .. RespTestClient.Encode("INCR", "b")]);
        Assert.Equal(["+OK", ":1", "$1", ":2"], Enumerable.Range(0, 4).Select(_ => client.Read()));
        Assert.Equal(1, rig.Entries - before);
    }

    [Fact]
    public async Task AnswersKeepTheOrderOfRequests()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Raw("SET a 1\r\nPING\r\nGET a\r\nNONSENSE\r\nSET a\r\nSET a 2 FOO\r\nDEL a\r\nGET a\r\n");
        var answers = Enumerable.Range(0, 8).Select(_ => client.Read()).ToArray();
        Assert.Equal(["+OK", "+PONG", "$1"], answers[..3]);
        Assert.All(answers[3..6], answer => Assert.StartsWith("-ERR", answer, StringComparison.Ordinal));
        Assert.Equal([":1", "nil"], answers[6..]);
    }

    [Fact]
    public async Task WatchedKeyThatChanged_LeavesTheTransactionUndone()
    {
        await using var rig = await RespRig.StartAsync();
        using var one = await rig.ConnectAsync();
        using var other = await rig.ConnectAsync();
        one.Line("set a 1");
        Assert.Equal("+OK", one.Line("watch a"));
        other.Line("set a 2");
        one.Line("multi");
        one.Line("set a 3");
        Assert.Equal("nil", one.Line("exec"));
        Assert.Equal("$2", one.Line("get a"));

        one.Line("watch a");
        one.Line("multi");
        one.Line("set a 3");
        Assert.Equal("[+OK]", one.Line("exec"));
    }

    [Fact]
    public async Task Exec_IsOneEntryOfTheLog()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("watch a");
        client.Line("multi");
        foreach (var line in new[] { "set a 1", "mget a a", "incr a", "ping", "get a" }) Assert.Equal("+QUEUED", client.Line(line));
        var before = rig.Entries;
        Assert.Equal("[+OK [$1 $1] :2 +PONG $2]", client.Line("exec"));
        Assert.Equal(before + 1, rig.Entries);
    }

    [Fact]
    public async Task WatchedKeyThatExpires_EndsTheTransaction()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        using var other = await rig.ConnectAsync();
        client.Line("set a 1 PX 1");
        Assert.Equal("+OK", client.Line("watch a"));
        client.Line("multi");
        client.Line("set a 2");

        // The log is the clock: it has to come past the moment of the key.
        for (var i = 0; other.Line("get a") != "nil"; i++) other.Ask("SET", "b", $"{i}");
        Assert.Equal("nil", client.Line("exec"));
        Assert.Equal("nil", client.Line("get a"));
    }

    [Fact]
    public async Task RandomKey_CanBeAnyKey()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        var keys = Enumerable.Range(0, 3_000).ToArray();
        foreach (var chunk in keys.Chunk(500)) client.Ask(["MSET", .. chunk.SelectMany(i => new[] { $"{{k}}{i:0000}", "x" })]);
        var chosen = Enumerable.Range(0, 60).Select(_ => client.Line("randomkey")).ToArray();

        // Sixty times none of two thirds of the keys: once in 10^28 runs.
        Assert.Contains(chosen, key => string.CompareOrdinal(key, "${k}1000") > 0);
        Assert.Contains(chosen, key => string.CompareOrdinal(key, "${k}2000") < 0);
    }

    [Fact]
    public async Task ClientList_ShowsThoseAskedFor()
    {
        await using var rig = await RespRig.StartAsync();
        using var one = await rig.ConnectAsync();
        using var other = await rig.ConnectAsync();
        var id = one.Line("client id")[1..];
        other.Line("subscribe news");
        Assert.Equal(2, one.Line("client list").Count(letter => letter == '\n'));
        Assert.StartsWith($"$id={id} ", one.Line("client list TYPE normal"), StringComparison.Ordinal);
        Assert.Equal(1, one.Line("client list TYPE pubsub").Count(letter => letter == '\n'));
        Assert.Equal(1, one.Line($"client list ID {id}").Count(letter => letter == '\n'));
    }

    [Fact]
    public async Task HelloWithTheDefaultUser_IsWelcome()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.StartsWith("{$server $redis", client.Line("hello 3 AUTH default x SETNAME me"), StringComparison.Ordinal);
        Assert.Equal("$me", client.Line("client getname"));
    }

    // Two that come and go at the same channel: whoever has been told that it listens gets the next message.
    [Fact]
    public async Task SubscriberThatWasConfirmed_IsNeverLost()
    {
        await using var rig = await RespRig.StartAsync();
        using var hub = new Node.Resp.RespHub(new Node.Control.TopologyHolder());
        var sessions = Enumerable.Range(0, 2).Select(id => new Node.Resp.RespSession(rig.Server, null!, id, null, null) { Wake = () => { }, Abort = () => { } }).ToArray();
        await Task.WhenAll(sessions.Select(session => Task.Run(() =>
        {
            for (var i = 0; i < 200_000; i++)
            {
                hub.Subscribe(session, "news", false);
                Assert.True(hub.SubscriberCount("news") > 0);
                hub.Unsubscribe(session, "news", false);
            }
        }, TestContext.Current.CancellationToken)));
        Assert.Empty(hub.Channels);
    }

    [Fact]
    public async Task UnknownOutcome_HasAnErrorOfItsOwn()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        rig.Refusal = Refusal.Unknown;
        Assert.StartsWith("-UNCERTAIN ", client.Line("set a 1"), StringComparison.Ordinal);
        client.Line("multi");
        client.Line("incr a");
        Assert.StartsWith("-UNCERTAIN ", client.Line("exec"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Refusal.ReplicaUnavailable, "-NOREPLICAS ")]
    [InlineData(Refusal.Overloaded, "-TRYAGAIN ")]
    [InlineData(Refusal.StorageFailed, "-MISCONF ")]
    [InlineData(Refusal.NotReady, "-TRYAGAIN ")]
    public async Task Refusal_HasRedisPrefix(Refusal refusal, string prefix)
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        rig.Refusal = refusal;
        Assert.StartsWith(prefix, client.Line("set a 1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyOfAnotherNode_IsMoved()
    {
        await using var rig = await RespRig.StartAsync(ownsAllSlots: false);
        using var client = await rig.ConnectAsync();
        Assert.Equal($"-MOVED 12182 {RespRig.OtherNode}", client.Line("set foo 1"));
        Assert.Equal($"-MOVED 12182 {RespRig.OtherNode}", client.Line("get foo"));
        Assert.Equal("+OK", client.Line("set bar 1"));
        Assert.Contains("connected 0-8191", client.Line("cluster nodes"), StringComparison.Ordinal);
        Assert.Equal("[[:0 :8191", client.Line("cluster slots")[..10]);
        Assert.Contains("cluster_state:ok", client.Line("cluster info"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProtocolThree_HasMapsNullsAndPushes()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.StartsWith("{$server $redis", client.Line("hello 3"), StringComparison.Ordinal);
        client.Line("hset h a 1");
        Assert.Equal("{$a $1}", client.Line("hgetall h"));
        Assert.Equal("nil", client.Line("get nobody"));
        Assert.Equal(">[$subscribe $news :1]", client.Line("subscribe news"));
        client.Send("publish", "news", "x");
        Assert.Equal([":1", ">[$message $news $x]"], new[] { client.Read(), client.Read() }.Order());
        Assert.Equal("$1", client.Line("hget h a"));
    }

    [Fact]
    public async Task NewMain_IsPublishedToSubscribers()
    {
        await using var rig = await RespRig.StartAsync(ownsAllSlots: false);
        using var client = await rig.ConnectAsync();
        Assert.Equal("[$subscribe $__Booksleeve_MasterChanged :1]", client.Line("subscribe __Booksleeve_MasterChanged"));
        rig.ChangeMain();
        Assert.Equal("[$message $__Booksleeve_MasterChanged $*]", client.Read());
        Assert.StartsWith("-ERR Can't execute 'get'", client.Line("get a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BrokenBytes_AreAnsweredAndTheConnectionCloses()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Raw("SET a 1\r\n*1\r\nx\r\n");
        Assert.Equal("+OK", client.Read());
        Assert.Equal("-ERR Protocol error: expected '$', got 'x'", client.Read());
        Assert.True(client.IsAtEnd());
    }

    [Fact]
    public async Task LargeValue_ArrivesInPiecesAndGoesOut()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        var value = new string('v', RespRig.ValueBytesMax);
        Assert.Equal("+OK", client.Ask("SET", "big", value));
        Assert.Equal("$" + value, client.Ask("GET", "big"));
        Assert.StartsWith("-ERR string exceeds maximum allowed size", client.Ask("SET", "big", value + "x"), StringComparison.Ordinal);
        Assert.Equal(RespRig.ValueBytesMax, rig.ValueOf("big").Length);
    }

    [Fact]
    public async Task Scan_ShowsEveryKeyOnce()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        var keys = Enumerable.Range(0, 57).Select(i => $"key:{i:000}").ToArray();
        foreach (var key in keys) client.Ask("SET", key, "x");
        client.Line("hset hash a 1");
        var (seen, cursor) = (new List<string>(), "0");
        do
        {
            var answer = client.Ask("SCAN", cursor, "COUNT", "10", "MATCH", "key:*", "TYPE", "string");
            cursor = answer[2..answer.IndexOf(' ')];
            seen.AddRange(answer[(answer.IndexOf('[', 1) + 1)..^2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        while (cursor != "0");
        Assert.Equal(keys.Select(key => "$" + key), seen);
    }
}
