using KvCluster.AppHost.Machine;
using KvCluster.Hosting.Plan;

namespace KvCluster.Tests.AppHost;

public class DashboardAddressesTests
{
    private static readonly ServerPorts Free = new(10_001, 10_002, 10_003);

    [Fact]
    public void Missing_NothingIsSet_EachHasAPortOfItsOwn()
    {
        var missing = DashboardAddresses.Missing(_ => null, Free);

        Assert.Equal(DashboardAddresses.Variables.Order(), missing.Keys.Order());
        Assert.Equal(["http://127.0.0.1:10001", "http://127.0.0.1:10002", "http://127.0.0.1:10003"], missing.Values.Order());
    }

    [Fact]
    public void Missing_WhatTheUserSaid_Stays()
    {
        var missing = DashboardAddresses.Missing(name => name == "ASPNETCORE_URLS" ? "http://127.0.0.1:18888" : "", Free);

        Assert.DoesNotContain("ASPNETCORE_URLS", missing.Keys);
        Assert.Equal(2, missing.Count);
    }
}
