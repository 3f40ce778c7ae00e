using KvCluster.Client.Retries;

namespace KvCluster.Tests.Client;

public sealed class RetryBudgetTests
{
    [Fact]
    public void TrySpend_NoRequests_LeavesTheFloor()
    {
        var time = new ManualTime();
        var budget = new RetryBudget(time);
        Assert.Equal(100, SpendAll(budget));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(20, SpendAll(budget));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(200, SpendAll(budget));
    }

    [Fact]
    public void TrySpend_ManyRequests_IsATenthOfThem()
    {
        var budget = new RetryBudget(new ManualTime());
        SpendAll(budget);
        for (var i = 0; i < 1000; i++) budget.OnRequest();
        Assert.Equal(100, SpendAll(budget));
        for (var i = 0; i < 1_000_000; i++) budget.OnRequest();
        Assert.Equal(200, SpendAll(budget));
    }

    private static int SpendAll(RetryBudget budget)
    {
        var spent = 0;
        while (budget.TrySpend()) spent++;
        return spent;
    }
}
