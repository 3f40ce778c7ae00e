using KvCluster.Node.Diagnostics;

namespace KvCluster.Tests.Diagnostics;

public class StripedCountersTests
{
    [Fact]
    public async Task ManyThreads_Add_TheSumsAreExactAndApart()
    {
        const int each = 50_000;
        var counters = new StripedCounters(20);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(place => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) counters.Add(place % 4 * 6, place + 1);
        }, TestContext.Current.CancellationToken)));

        Assert.Equal([each * 6L, 0, each * 8L, 0, each * 10L, each * 12L], [counters.Sum(0), counters.Sum(1), counters.Sum(6), counters.Sum(7), counters.Sum(12), counters.Sum(18)]);
        counters.Clear();
        Assert.All(Enumerable.Range(0, 20), place => Assert.Equal(0, counters.Sum(place)));
    }
}
