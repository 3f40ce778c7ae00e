using KvCluster.AppHost.Embedded;
using Xunit;

namespace KvCluster.Tests.AppHost;

public sealed class RestartBackoffTests
{
    [Fact]
    public void Next_ServerThatEndsAtOnce_WaitsTwiceAsLongEachTimeUpToThirtySeconds()
    {
        var backoff = new RestartBackoff();

        var waits = Enumerable.Range(0, 7).Select(_ => backoff.Next(TimeSpan.FromSeconds(0.5)).TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], waits);
    }

    [Fact]
    public void Next_ServerThatRanForLong_StartsAnew()
    {
        var backoff = new RestartBackoff();
        backoff.Next(TimeSpan.Zero);
        backoff.Next(TimeSpan.Zero);

        Assert.Equal(RestartBackoff.First, backoff.Next(RestartBackoff.Stable));
        Assert.Equal(RestartBackoff.First * 2, backoff.Next(TimeSpan.Zero));
    }
}
