using KvCluster.Sample;

namespace KvCluster.Tests.AppHost;

public sealed class LedgerTests
{
    private readonly WriteLedger _ledger = new();

    [Fact]
    public void AcknowledgedValue_FoundAgain_IsVerified()
    {
        _ledger.OnAcknowledged("a", 1);
        _ledger.OnRead("a", 1);

        Assert.Equal((1, 1, 0), (_ledger.Look().Acknowledged, _ledger.Look().Verified, _ledger.Look().Lost));
    }

    [Theory]
    [InlineData(1L)]
    [InlineData(null)]
    public void OlderValueOrNone_IsALoss(long? found)
    {
        _ledger.OnAcknowledged("a", 1);
        _ledger.OnAcknowledged("a", 65);
        _ledger.OnRead("a", found);

        Assert.Equal((0, 1), (_ledger.Look().Verified, _ledger.Look().Lost));
    }

    [Theory]
    [InlineData(1L, 0)]
    [InlineData(65L, 0)]
    [InlineData(7L, 1)]
    public void UnknownWrite_MayHaveHappenedOrNot(long found, int lost)
    {
        _ledger.OnAcknowledged("a", 1);
        _ledger.OnUnknown("a", 65);
        _ledger.OnRead("a", found);

        Assert.Equal(lost, _ledger.Look().Lost);
    }

    [Fact]
    public void Pause_IsTheLongestSinceTheLastLook()
    {
        _ledger.OnAcknowledged("a", 1);
        _ledger.OnAcknowledged("a", 2);

        Assert.True(_ledger.Look().LongestPause > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, _ledger.Look().LongestPause);
    }
}
