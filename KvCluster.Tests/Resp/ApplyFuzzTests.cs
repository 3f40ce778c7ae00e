using System.Globalization;
using KvCluster.Node.Resp;

namespace KvCluster.Tests.Resp;

public sealed class ApplyFuzzTests
{
    // An entry that cannot be applied stops the main, the replica, and both again at every start.
    [Fact]
    public void WhateverClientsSend_CanBeApplied()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("KVCLUSTER_FUZZ_ENTRIES") ?? "30000", CultureInfo.InvariantCulture);
        var fuzz = new ApplyFuzz(7);
        for (var i = 0; i < rounds; i++) fuzz.RunOne();
        Assert.InRange(fuzz.Entries, rounds / 2, rounds);
        Assert.Equal(RespCommands.All.Where(command => command.Plan is not null).Select(command => command.Name).Order(), fuzz.Commands.Keys.Order());
    }
}
