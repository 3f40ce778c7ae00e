using System.Net;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace KvCluster.Tests.Resp;

/// <summary>What StackExchange.Redis asks when it connects, and what it is told, word by word. A change is reviewed as a change of the transcript.</summary>
/// <remarks><c>KVCLUSTER_REWRITE_TRANSCRIPTS=1</c> writes the transcripts anew.</remarks>
public sealed class TranscriptTests
{
    private const string Rewrite = "KVCLUSTER_REWRITE_TRANSCRIPTS";

    [Theory]
    [InlineData(3, RedisProtocol.Resp2)]
    [InlineData(3, RedisProtocol.Resp3)]
    [InlineData(2, RedisProtocol.Resp2)]
    [InlineData(2, RedisProtocol.Resp3)]
    public async Task Connection_IsAsRecorded(int version, RedisProtocol protocol)
    {
        await using var proxy = new RecordingProxy();
        await using var rig = await RespRig.StartAsync(announced: $"127.0.0.1:{proxy.Port}");
        proxy.ServerPort = rig.Port;
        if (version == 3)
        {
            await RedisClientCheck.VisitAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port), protocol);
        }
        else
        {
            using var visitor = Redis2Process.Start("visit", proxy.Port, protocol);
            await visitor.ExpectSuccessAsync();
        }

        var transcript = RespTranscript.Of(await proxy.RecordedAsync(), proxy.Port);
        var file = $"stackexchange-{version}-{protocol.ToString().ToLowerInvariant()}.txt";
        if (Environment.GetEnvironmentVariable(Rewrite) == "1") await File.WriteAllTextAsync(Path.Combine(SourceFolder(), "Transcripts", file), transcript, TestContext.Current.CancellationToken);
        else Assert.Equal(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Resp", "Transcripts", file), TestContext.Current.CancellationToken), transcript);
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
