using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KvCluster.Cli.Transfer;
using KvCluster.Client;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Cli;

public sealed class TransferTests
{
    private static readonly string[] JsonTexts =
    [
        "1", "-0.0", "1e400", "null", "true", "\"\"", "\"a\\u0041\\/\\\"\"", "[]", "[ 1 , 2 ]", "{\"a\" :1,\"a\":2}", "{\"ä\":\"€😀\"}", "\"\\ud800\"", "[[[[[[]]]]]]",
    ];

    private static readonly Gen<(byte[] Value, string ContentType)> GenValue = Gen.OneOf(
        Gen.Int[0, JsonTexts.Length - 1].Select(place => (Encoding.UTF8.GetBytes(JsonTexts[place]), "application/json")),
        Gen.Byte.Array[0, 40].Select(bytes => (bytes, "application/octet-stream")),
        Gen.String.Select(text => (Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8")),
        Gen.Byte.Array[0, 40].Select(bytes => (bytes, "application/json")),
        Gen.Const((" {}"u8.ToArray(), "application/json")),
        Gen.Const(("{\n}"u8.ToArray(), "application/json")));

    private static readonly Gen<TransferRecord> GenRecord =
        from key in Gen.Byte.Array[1, 30]
        from value in GenValue
        from expiresAt in Gen.Long[0, 4_000_000_000_000].Nullable()
        select new TransferRecord(
            new KvKey(key), value.Value, value.ContentType, expiresAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);

    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame() => GenRecord.Sample(written =>
    {
        using var writer = new RecordWriter();
        var line = writer.Write(written).Span;
        Assert.Equal((byte)'\n', line[^1]);
        Assert.Equal(1, line.Count((byte)'\n'));
        var read = RecordReader.Read(line[..^1]);
        Assert.Equal(written.Key, read.Key);
        Assert.Equal(written.Value.ToArray(), read.Value.ToArray());
        Assert.Equal(written.ContentType, read.ContentType);
        Assert.Equal(written.ExpiresAt, read.ExpiresAt);
    });

    [Theory]
    [InlineData("""{"key":"k","value":{"b": 1,  "a":[1.0,1e2,"\u0041\/"]}}""", """{"b": 1,  "a":[1.0,1e2,"\u0041\/"]}""")]
    [InlineData("""{"value":   "x"   ,"key":"k"}""", "\"x\"")]
    [InlineData("""{"key":"k","contentType":"text/plain","text":"a\nb"}""", "a\nb")]
    [InlineData("""{"keyBase64":"aw==","base64":"YQ==","contentType":"x/y"}""", "a")]
    public void Read_EveryForm_TakesTheValueByteForByte(string line, string value)
    {
        var record = RecordReader.Read(Encoding.UTF8.GetBytes(line));
        Assert.Equal("k", record.Key.ToString());
        Assert.Equal(value, Encoding.UTF8.GetString(record.Value.Span));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "no 'key'")]
    [InlineData("""{"key":"k"}""", "no 'value'")]
    [InlineData("""{"key":"k","value":1,"text":"x"}""", "two values")]
    [InlineData("""{"key":"k","keyBase64":"aw==","value":1}""", "two keys")]
    [InlineData("""{"key":"","value":1}""", "0 bytes")]
    [InlineData("""{"key":1,"value":1}""", "JSON strings")]
    [InlineData("""{"key":"k","value":1,"ttl":5}""", "'ttl'")]
    [InlineData("""{"key":"k","value":1}x""", "'x'")]
    [InlineData("""{"key":"k","value":1,"contentType":"text/plain"}""", "another type")]
    [InlineData("""{"key":"k","value":}""", "'}'")]
    public void Read_NoRecord_SaysWhy(string line, string why)
    {
        var wrong = Assert.Throws<RecordFormatException>(() => RecordReader.Read(Encoding.UTF8.GetBytes(line)));
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_AfterImport_IsTheSortedInput()
    {
        await using var cluster = await FakeCluster.StartAsync(3);
        var lines = Enumerable.Range(0, 3000)
            .Select(i => $$$"""{"key":"pkg/lib{{{i}}}+b~{{{i % 7}}}/1:{{{i}}}-2","value":{"Package": "lib{{{i}}}","Size":{{{i}}}.50,"Description":"a \"quoted\" é\u00e9\n"}}""")
            .ToList();
        var input = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
        var import = await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), input, "import");
        Assert.Equal(0, import.Code);
        Assert.Contains("imported 3,000 records", import.Error, StringComparison.Ordinal);
        var export = await ToolRun.OfAsync(cluster.Server(4).Address.ToString(), [], "export", "--prefix", "pkg/");
        Assert.Equal(0, export.Code);
        lines.Sort(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', lines) + "\n", export.Output);
    }

    [Fact]
    public async Task Import_SameKeyTwice_TheLaterLineWins()
    {
        await using var cluster = await FakeCluster.StartAsync(3);
        var input = string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"key\":\"k{i % 10}\",\"value\":{i}}}\n"));
        Assert.Equal(0, (await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), Encoding.UTF8.GetBytes(input), "import")).Code);
        var export = (await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), [], "export")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(4990, 10), export.Select(line => (int)JsonNode.Parse(line)!["value"]!));
    }

    [Fact]
    public async Task Import_BadLine_IsNamedAndEndsWithTwo()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var run = await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), "{\"key\":\"a\",\"value\":1}\n{\"key\":\"b\"}\n"u8.ToArray(), "import");
        Assert.Equal(2, run.Code);
        Assert.Contains("Line 2 is no record", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ClusterGone_EndsWithThree()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        await cluster.Server(1).KillAsync();
        await cluster.Server(2).KillAsync();
        var run = await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), "{\"key\":\"a\",\"value\":1}\n"u8.ToArray(), "import", "--timeout", "1");
        Assert.Equal(3, run.Code);
        Assert.Contains("imported 0 records", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ExpiredRecords_AreLeftOut()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var later = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds();
        var input = $$"""
            {"key":"old","value":1,"expiresAt":1000}
            {"key":"new","value":2,"expiresAt":{{later}}}
            """;
        var run = await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), Encoding.UTF8.GetBytes(input), "import");
        Assert.Equal(0, run.Code);
        Assert.Contains("1 records had expired", run.Error, StringComparison.Ordinal);
        var export = JsonNode.Parse((await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), [], "export")).Output)!;
        Assert.Equal("new", (string?)export["key"]);
        Assert.InRange((long)export["expiresAt"]!, later - 10_000, later + 10_000);
    }

    [Fact]
    public async Task Export_ToAFile_AppearsWhole()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var file = Path.Combine(Path.GetTempPath(), $"kv-export-{Guid.NewGuid():N}");
        try
        {
            await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), "{\"key\":\"a\",\"value\":1}\n"u8.ToArray(), "import");
            Assert.Equal(0, (await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), [], "export", file)).Code);
            Assert.Equal("{\"key\":\"a\",\"value\":1}\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            Assert.False(File.Exists(file + ".unfinished"));
            Assert.Equal(0, (await ToolRun.OfAsync(cluster.Server(1).Address.ToString(), [], "import", file)).Code);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
