using KvCluster.Node.Control;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Control;

public sealed class RememberedSightTests
{
    [Fact]
    public void IsInSight_LookedAtAgain_IsWhatItWasTheFirstTime()
    {
        var inSight = true;
        var seen = new RememberedSight(_ => inSight);
        Assert.True(seen.IsInSight(new ServerId(1)));
        inSight = false;
        Assert.True(seen.IsInSight(new ServerId(1)));
        Assert.False(seen.IsInSight(new ServerId(2)));
    }
}
