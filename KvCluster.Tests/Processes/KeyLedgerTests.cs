namespace KvCluster.Tests.Processes;

/// <summary>The checker of the checked load must be able to fail.</summary>
public sealed class KeyLedgerTests
{
    [Theory]
    [InlineData("a2", null)]
    [InlineData("a3", null)]
    [InlineData("a1", "acknowledged was a2")]
    [InlineData(null, "holds nothing")]
    [InlineData("r1", "refused")]
    public void Judge_FinalValue_NamesWhatIsLostOrShouldNotBe(string? found, string? mistake)
    {
        var ledger = new KeyLedger("k") { Acknowledged = "a2", Unknown = "a3" };
        ledger.Refused.Add("r1");

        var judged = ledger.Judge(found);

        if (mistake is null) Assert.Null(judged);
        else Assert.Contains(mistake, judged, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NothingAcknowledged_AnAbsentKeyIsRight() => Assert.Null(new KeyLedger("k").Judge(null));
}
