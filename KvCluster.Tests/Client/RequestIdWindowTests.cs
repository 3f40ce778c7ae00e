using CsCheck;
using KvCluster.Client.Requests;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Tests.Client;

public sealed class RequestIdWindowTests
{
    [Fact]
    public void FirstIncomplete_AnyOrderOfCompletion_IsTheOldestUnderWay() => Gen.Int[0, 9].Array[0, 2000].Sample(steps =>
    {
        var window = new RequestIdWindow(1);
        var underWay = new SortedSet<ulong>();
        ulong last = 0;
        foreach (var step in steps)
        {
            if (step < 6 || underWay.Count == 0)
            {
                var id = window.Begin(new Revision(7));
                Assert.Equal(last + 1, id.Sequence);
                Assert.Equal(underWay.Count == 0 ? id.Sequence : underWay.Min, id.FirstIncomplete);
                Assert.True(RequestId.TryParse(id.ToString(), out var parsed));
                Assert.Equal(id, parsed);
                underWay.Add(last = id.Sequence);
            }
            else
            {
                var completed = underWay.ElementAt(step * underWay.Count / 10);
                underWay.Remove(completed);
                window.Complete(completed);
            }

            Assert.Equal(underWay.Count == 0 ? last + 1 : underWay.Min, window.FirstIncomplete);
        }
    });

    [Fact]
    public void FirstIncomplete_OneSlowRequest_HoldsThroughThousandsOfOthers()
    {
        var window = new RequestIdWindow(1);
        var slow = window.Begin(default).Sequence;
        for (var i = 0; i < 100_000; i++) window.Complete(window.Begin(default).Sequence);
        Assert.Equal(slow, window.FirstIncomplete);
        window.Complete(slow);
        Assert.Equal(100_002UL, window.FirstIncomplete);
    }

    [Fact]
    public void Complete_NotUnderWay_IsAnArgumentError()
    {
        var window = new RequestIdWindow(1);
        window.Complete(window.Begin(default).Sequence);
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Complete(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => window.Complete(2));
    }

    [Fact]
    public void Create_TwoClients_AreNotTheSame() =>
        Assert.NotEqual(RequestIdWindow.Create().Begin(default).Client, RequestIdWindow.Create().Begin(default).Client);
}
