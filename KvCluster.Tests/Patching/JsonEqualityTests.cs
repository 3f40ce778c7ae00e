using KvCluster.Core.Commands;

namespace KvCluster.Tests.Patching;

public sealed class JsonEqualityTests
{
    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("1", "10e-1", true)]
    [InlineData("100", "1E+2", true)]
    [InlineData("0.001", "1e-3", true)]
    [InlineData("-0", "0.0e5", true)]
    [InlineData("-1", "1", false)]
    [InlineData("1", "1.0000000000000000000000000000000000000001", false)]
    [InlineData("1e99999999999", "1e99999999999", true)]
    [InlineData("10e99999999999", "1e100000000000", true)]
    [InlineData("1e99999999999", "1e-99999999999", false)]
    [InlineData("1e99999999999", "1", false)]
    [InlineData("\"1\"", "1", false)]
    [InlineData("{\"a\":1,\"b\":[2,null]}", "{\"b\":[2.0,null],\"a\":1e0}", true)]
    [InlineData("{\"a\":1}", "{\"a\":1,\"b\":2}", false)]
    [InlineData("{\"a\":null}", "{\"b\":null}", false)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("null", "null", true)]
    [InlineData("\"\\u0061\"", "\"a\"", true)]
    public void Test_ComparesValues(string stored, string expected, bool isEqual)
    {
        var (code, _) = JsonPatcherFixture.Apply(PatchKind.Json, $"{{\"x\":{stored}}}", $"[{{\"op\":\"test\",\"path\":\"/x\",\"value\":{expected}}}]");
        Assert.Equal(isEqual ? OutcomeCode.Updated : OutcomeCode.PatchTestFailed, code);
    }

    // Nothing a client sends may take a second of the thread that applies the log.
    [Fact]
    public void Test_ExponentOfAMillionDigits_IsRead()
    {
        var number = "1e" + new string('9', 1_000_000);
        var (code, _) = JsonPatcherFixture.Apply(PatchKind.Json, number, $"[{{\"op\":\"test\",\"path\":\"\",\"value\":{number}}}]");
        Assert.Equal(OutcomeCode.Updated, code);
    }
}
