using KvCluster.Core.Commands;
using KvCluster.Core.Steps;
using KvCluster.Node.Resp;

namespace KvCluster.Tests.Resp;

/// <summary>Requests at the bounds of what one entry of the log can hold: refused before anything is appended, or carried out whole.</summary>
public sealed class RespBoundTests
{
    private const string TooManyKeys = "-" + RespErrors.TooManyKeys;

    [Theory]
    [InlineData("DEL")]
    [InlineData("UNLINK")]
    [InlineData("EXISTS")]
    [InlineData("MGET")]
    public async Task MoreKeysThanSteps_AreRefusedAndNothingIsAppended(string command)
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.Equal("+OK", client.Line("set a 1"));
        var before = rig.Entries;
        Assert.Equal(TooManyKeys, client.Ask(Keys(command, CommandLimits.StepsMax + 1)));
        Assert.Equal(before, rig.Entries);
        Assert.Equal("$1", client.Line("get a"));
    }

    [Fact]
    public async Task AsManyKeysAsSteps_AreCarriedOut()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        Assert.Equal(":65535", client.Ask(Keys("EXISTS", CommandLimits.StepsMax)));
        Assert.Equal(":1", client.Ask(Keys("DEL", CommandLimits.StepsMax)));
    }

    [Fact]
    public async Task TwoLargeDeletesInOnePipeline_AreBothCarriedOut()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Raw([.. RespTestClient.Encode("SET", "a", "1"), .. RespTestClient.Encode(Keys("DEL", 40_000)), .. RespTestClient.Encode("SET", "a", "2"), .. RespTestClient.Encode(Keys("DEL", 40_000)), .. RespTestClient.Encode("GET", "a")]);
        Assert.Equal(["+OK", ":1", "+OK", ":1", "nil"], Enumerable.Range(0, 5).Select(_ => client.Read()));
    }

    [Fact]
    public async Task LargeReadsBehindWrites_AreAnswered()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Raw([.. RespTestClient.Encode("SET", "a", "1"), .. RespTestClient.Encode(Keys("EXISTS", 40_000)), .. RespTestClient.Encode(Keys("MGET", 40_000)), .. RespTestClient.Encode(Keys("EXISTS", 70_000))]);
        Assert.Equal("+OK", client.Read());
        Assert.Equal(":40000", client.Read());
        Assert.Equal(40_000, client.Read().Split(' ').Length);
        Assert.Equal(TooManyKeys, client.Read());
    }

    [Fact]
    public async Task TransactionOfTooManySteps_IsNotCarriedOut()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        Assert.Equal("+OK", client.Line("watch a"));
        client.Line("multi");
        Assert.Equal("+QUEUED", client.Ask(Keys("DEL", 40_000)));

        // With the guard there is one step too many.
        Assert.Equal(TooManyKeys, client.Ask(Keys("DEL", CommandLimits.StepsMax - 40_000)));
        Assert.StartsWith("-EXECABORT", client.Line("exec"), StringComparison.Ordinal);
        Assert.Equal("$1", client.Line("get a"));
        client.Line("multi");
        client.Ask(Keys("DEL", 40_000));
        Assert.Equal("+QUEUED", client.Ask(Keys("DEL", CommandLimits.StepsMax - 40_000)));
        Assert.Equal("[:1 :0]", client.Line("exec"));
    }

    [Fact]
    public async Task InlineRequestOfManyKeys_HasRoomForTheirLengths()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Raw("DEL" + string.Concat(Enumerable.Repeat(" a", 32_000)) + "\r\n");
        Assert.Equal(":0", client.Read());
    }

    [Fact]
    public async Task ValuesBeyondWhatOneEntryReads_AreRefusedAsAWhole()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Ask("SET", "a", new string('v', RespRig.ValueBytesMax));
        var count = (int)(CommandLimits.StepsWorkBytesMax / RespRig.ValueBytesMax) + 2;
        Assert.Equal("-" + RespErrors.BudgetSpent, client.Ask(Keys("MGET", count)));
        client.Raw([.. RespTestClient.Encode("SET", "b", "1"), .. RespTestClient.Encode(Keys("MGET", count)), .. RespTestClient.Encode("GET", "b")]);
        Assert.Equal(["+OK", "-" + RespErrors.BudgetSpent, "$1"], Enumerable.Range(0, 3).Select(_ => client.Read()));
    }

    // All of them in one entry would read more than an entry may.
    [Fact]
    public async Task PipelinedReadsOfLargeValuesBehindAWrite_AreSpreadOverEntries()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        var value = new string('v', RespRig.ValueBytesMax);
        var before = rig.Entries;
        var count = RespLimits.BatchHeavySteps * 3;
        var request = new List<byte>(RespTestClient.Encode("SET", "a", value));
        for (var i = 0; i < count; i++) request.AddRange(RespTestClient.Encode("APPEND", "b", "x"));
        client.Raw([.. request]);
        Assert.Equal("+OK", client.Read());
        Assert.Equal(Enumerable.Range(1, count).Select(i => $":{i}"), Enumerable.Range(0, count).Select(_ => client.Read()));
        Assert.InRange(rig.Entries - before, 3, count);
    }

    [Fact]
    public async Task TransactionOfLongRequestsWithoutSteps_IsBounded()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("multi");
        Assert.Equal("+QUEUED", client.Ask("ECHO", new string('x', RespLimits.TransactionRequestBytesMax / 2)));
        Assert.StartsWith("-ERR Too many bytes", client.Ask("ECHO", new string('x', RespLimits.TransactionRequestBytesMax / 2)), StringComparison.Ordinal);
        Assert.StartsWith("-EXECABORT", client.Line("exec"), StringComparison.Ordinal);
        client.Line("multi");
        Assert.Equal("+QUEUED", client.Ask("ECHO", new string('x', RespLimits.TransactionRequestBytesMax / 2)));
        Assert.StartsWith("[$xxx", client.Line("exec"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnreadablePayload_NeverEntersTheLog()
    {
        await using var rig = await RespRig.StartAsync();
        var steps = new StepWriter();
        steps.Add(StepOperation.Delete, "a"u8);
        var payload = steps.ToPayload();
        payload[^1] = 7;
        var before = rig.Entries;
        await Assert.ThrowsAsync<ArgumentException>(async () => await rig.Server.Store.WriteStepsAsync(payload));
        Assert.Equal(before, rig.Entries);
    }

    private static string[] Keys(string command, int count) => [command, .. Enumerable.Repeat("a", count)];
}
