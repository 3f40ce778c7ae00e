using System.Globalization;
using System.Net;
using KvCluster.Tests.Resp;
using StackExchange.Redis;

// KvCluster.Tests.Redis2 live|visit HOST:PORT Resp2|Resp3
// "live" says a word when a step is done and waits for the test's word before the next; "visit" connects, does a little and goes.
if (args is not [var mode, var address, var protocolName] || !IPEndPoint.TryParse(address, out var seed) || !Enum.TryParse<RedisProtocol>(protocolName, out var protocol))
{
    Console.Error.WriteLine("Usage: live|visit HOST:PORT Resp2|Resp3");
    return 2;
}

try
{
    if (mode == "visit")
    {
        await RedisClientCheck.VisitAsync(seed, protocol);
        return 0;
    }

    await using var check = await RedisClientCheck.ConnectAsync(seed, protocol);
    await check.UseAllNodesAsync($"se2-{protocol}", int.Parse(await NextAsync("connected"), CultureInfo.InvariantCulture));
    await NextAsync("used");
    await check.OutliveAsync($"se2-{protocol}");
    Console.WriteLine("outlived");
    return 0;
}
catch (InvalidOperationException failed)
{
    Console.Error.WriteLine(failed.Message);
    return 1;
}

static async Task<string> NextAsync(string done)
{
    Console.WriteLine(done);
    return await Console.In.ReadLineAsync() ?? throw new InvalidOperationException("The test is gone.");
}
