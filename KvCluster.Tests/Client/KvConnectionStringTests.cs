using CsCheck;
using KvCluster.Client;
using KvCluster.Client.Configuration;

namespace KvCluster.Tests.Client;

public sealed class KvConnectionStringTests
{
    private static readonly string[] Hosts = ["localhost", "10.0.0.7", "kv-1.example.com", "[::1]"];

    private static readonly Gen<Uri> GenServer =
        from scheme in Gen.OneOf(Gen.Const("http"), Gen.Const("https"))
        from host in Gen.Int[0, 3].Select(place => Hosts[place])
        from port in Gen.Int[1, 65535]
        select new Uri($"{scheme}://{host}:{port}");

    private static readonly Gen<TimeSpan?> GenSpan = Gen.Int[1, 100_000].Select(value => TimeSpan.FromMilliseconds(value)).Nullable();

    private static readonly Gen<KvConsistency> GenConsistency = Gen.OneOf(
        Gen.Const(KvConsistency.PreferMain),
        Gen.Const(KvConsistency.Linearizable),
        Gen.Const(KvConsistency.Replica),
        Gen.Int[1, 5000].Select(value => KvConsistency.Bounded(TimeSpan.FromMilliseconds(value))));

    private static readonly Gen<KvConnectionString> GenConnectionString =
        from isStatic in Gen.Bool
        from servers in GenServer.List[1, 5]
        from replicas in GenServer.Null().List[5]
        from timeBudget in GenSpan
        from healthInterval in GenSpan
        from consistency in GenConsistency.Nullable()
        from connections in Gen.Int[1, 1000].Nullable()
        select new KvConnectionString
        {
            Endpoints = isStatic ? [] : servers,
            StaticNodes = isStatic ? [.. servers.Select((main, place) => new KvStaticNode(main, replicas[place]))] : [],
            TimeBudget = timeBudget,
            HealthInterval = healthInterval,
            Consistency = consistency,
            ConnectionsPerServerMax = connections,
        };

    [Fact]
    public void Parse_OfItsOwnText_GivesTheSame() => GenConnectionString.Sample(written =>
    {
        var read = KvConnectionString.Parse(written.ToString());
        Assert.Equal(written.Endpoints, read.Endpoints);
        Assert.Equal(written.StaticNodes, read.StaticNodes);
        Assert.Equal(written with { Endpoints = [], StaticNodes = [] }, read with { Endpoints = [], StaticNodes = [] });
    });

    [Fact]
    public void TryParse_AnyText_EndsWithAResultOrAMistake() => Gen.String.Sample(text =>
    {
        if (!KvConnectionString.TryParse(text, out _, out var mistake)) Assert.NotEmpty(mistake);
    });

    [Theory]
    [InlineData("10.0.0.7:8080", "http://10.0.0.7:8080/")]
    [InlineData(" http://a:1 , b:2 ; timeBudget = 5s ", "http://a:1/", "http://b:2/")]
    [InlineData("http://a:80", "http://a/")]
    [InlineData("https://a:443/", "https://a/")]
    public void Parse_Servers_AreAddresses(string text, params string[] expected) =>
        Assert.Equal(expected, KvConnectionString.Parse(text).Endpoints.Select(uri => uri.ToString()));

    [Theory]
    [InlineData("http://kv")]
    [InlineData("https+http://kv")]
    [InlineData("http://_admin.kv")]
    public void Parse_NameWithoutPort_IsAService(string text) => Assert.Equal(text, KvConnectionString.Parse(text).ServiceName);

    [Fact]
    public void Parse_Static_PairsMainAndReplica()
    {
        var parsed = KvConnectionString.Parse("a:1|b:2,c:3;mode=static");
        Assert.Equal([new KvStaticNode(new Uri("http://a:1"), new Uri("http://b:2")), new KvStaticNode(new Uri("http://c:3"))], parsed.StaticNodes);
    }

    [Theory]
    [InlineData("", "no server")]
    [InlineData(";timeBudget=5s", "no server")]
    [InlineData("host", "'host'")]
    [InlineData("ftp://a:1", "'ftp://a:1'")]
    [InlineData("http://a:1/path", "'http://a:1/path'")]
    [InlineData("http://user@a:1", "'http://user@a:1'")]
    [InlineData("a:1;timeBudget", "'timeBudget'")]
    [InlineData("a:1;timeBudget=5", "timeBudget is a time")]
    [InlineData("a:1;timeBudget=0s", "timeBudget is a time")]
    [InlineData("a:1;timeBugdet=5s", "'timeBugdet' is no known setting")]
    [InlineData("a:1;consistency=eventual", "'eventual'")]
    [InlineData("a:1;mode=other", "'other'")]
    [InlineData("a:1|b:2", "'a:1|b:2'")]
    [InlineData("a:1|b:2|c:3;mode=static", "more servers")]
    [InlineData("a:1;connectionsPerServerMax=0", "connectionsPerServerMax")]
    public void Parse_Mistake_IsNamed(string text, string named)
    {
        Assert.False(KvConnectionString.TryParse(text, out _, out var mistake));
        Assert.Contains(named, mistake, StringComparison.Ordinal);
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => KvConnectionString.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_SeveralMistakes_AreNamedAtOnce()
    {
        var options = new KvClientOptions { TimeBudget = TimeSpan.FromMinutes(1), AttemptTimeout = TimeSpan.Zero, Endpoints = { new Uri("ftp://a:1") } };
        var message = Assert.Throws<ArgumentException>(() => new KvClusterClient(options)).Message;
        Assert.Contains("TimeBudget", message, StringComparison.Ordinal);
        Assert.Contains("AttemptTimeout", message, StringComparison.Ordinal);
        Assert.Contains("ftp://a:1", message, StringComparison.Ordinal);
    }
}
