using KvCluster.Node.Control;

namespace KvCluster.Tests.Control;

public sealed class ListenedSilenceTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private readonly ListenedSilence _silence = new();
    private TimeSpan _now;

    [Fact]
    public void Look_NobodyHeard_CountsTheTime()
    {
        Pass(Step, looks: 21);
        Assert.Equal(Step * 20, Pass(TimeSpan.Zero, looks: 1));
    }

    [Fact]
    public void Look_SomebodyHeard_BeginsAnew()
    {
        Pass(Step, looks: 10);
        _silence.Heard();
        Assert.Equal(TimeSpan.Zero, Pass(Step, looks: 1));
        Assert.Equal(Step, Pass(Step, looks: 1));
    }

    [Fact]
    public void Look_AfterAStandstill_CountsLittleOfIt()
    {
        Pass(Step, looks: 3);
        Assert.Equal((Step * 2) + ListenedSilence.CountedMax, Pass(TimeSpan.FromHours(1), looks: 1));
    }

    // A machine so busy that every look is late must still find a dead master dead.
    [Fact]
    public void Look_AlwaysLate_StillCounts() =>
        Assert.Equal(ListenedSilence.CountedMax * 9, Pass(TimeSpan.FromSeconds(1), looks: 10));

    private TimeSpan Pass(TimeSpan step, int looks)
    {
        var silence = TimeSpan.Zero;
        for (var i = 0; i < looks; i++) silence = _silence.Look(_now += step);
        return silence;
    }
}
