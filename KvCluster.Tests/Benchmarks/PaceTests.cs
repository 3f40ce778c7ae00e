using KvCluster.Benchmarks.Load;
using Xunit;

namespace KvCluster.Tests.Benchmarks;

public sealed class PaceTests
{
    [Fact]
    public void TryBegin_ClosedLoop_BeginsAtOnceUntilTheEnd()
    {
        var pace = new Pace(start: 100, end: 200, ticksBetween: null);
        Assert.True(pace.TryBegin(150, out var intended));
        Assert.Equal(150, intended);
        Assert.False(pace.TryBegin(200, out _));
        Assert.True(pace.IsOver(200));
    }

    [Fact]
    public void TryBegin_ServerStoodStill_LatencyCountsFromTheGrid()
    {
        var pace = new Pace(start: 1000, end: 2000, ticksBetween: 10);
        List<long> intended = [];
        while (pace.TryBegin(1095, out var moment))
            intended.Add(moment);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 1000L + (10 * i)), intended);
        Assert.Equal(1100, pace.NextAt);
    }

    [Fact]
    public void TryBegin_BeforeItsMoment_Waits()
    {
        var pace = new Pace(start: 1000, end: 2000, ticksBetween: 10);
        Assert.False(pace.TryBegin(999, out _));
        Assert.True(pace.TryBegin(1000, out _));
        Assert.False(pace.TryBegin(1009, out _));
    }

    [Fact]
    public void Waiting_NoClientWasFree_CountsWhatNeverBegan()
    {
        var pace = new Pace(start: 0, end: 1000, ticksBetween: 10);
        for (var i = 0; i < 60; i++)
            Assert.True(pace.TryBegin(5000, out _));
        Assert.False(pace.IsOver(5000));
        Assert.Equal(40, pace.Waiting(5000));
    }

    [Fact]
    public void IsOver_FixedRate_WhenTheLastOfTheGridBegan()
    {
        var pace = new Pace(start: 0, end: 20, ticksBetween: 10);
        Assert.True(pace.TryBegin(50, out _));
        Assert.True(pace.TryBegin(50, out _));
        Assert.False(pace.TryBegin(50, out _));
        Assert.True(pace.IsOver(50));
    }
}
