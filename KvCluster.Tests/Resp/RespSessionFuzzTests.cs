using System.Globalization;
using System.Text;

namespace KvCluster.Tests.Resp;

/// <summary>Whatever a client asks in well formed requests, it is answered in well formed answers, and the connection stays.</summary>
public sealed class RespSessionFuzzTests
{
    private const int BatchSize = 100;

    /// <summary>More with <c>KVCLUSTER_FUZZ_INPUTS</c>; a failure names the seed that <c>KVCLUSTER_FUZZ_SEED</c> takes.</summary>
    [Fact]
    public async Task AnyRequests_AreAnsweredAndTheConnectionStays()
    {
        var inputs = long.TryParse(Environment.GetEnvironmentVariable("KVCLUSTER_FUZZ_INPUTS"), CultureInfo.InvariantCulture, out var more) ? more : 200_000;
        var seed = FuzzSeed.Choose();
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        var (good, bad) = (0L, 0L);
        for (var done = 0L; done < inputs; done += BatchSize, seed++)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            foreach (var answer in Ask(client, seed))
            {
                if (answer[0] == '-') bad++;
                else good++;
            }
        }

        Assert.True(good > inputs / 10, $"Only {good} of {inputs} requests were carried out: the inputs are too wild to reach anything.");
        Assert.True(bad > inputs / 10, $"Only {bad} of {inputs} requests were refused.");
    }

    // RESET ends transactions, subscriptions and RESP3, so that every batch begins alike and its seed brings it back.
    private static List<string> Ask(RespTestClient client, int seed)
    {
        var fuzz = new RespSessionFuzz(seed);
        var mark = $"mark-{seed}";
        var requests = Enumerable.Range(0, BatchSize).Select(_ => fuzz.Next()).ToArray();
        try
        {
            client.Raw([.. requests.SelectMany(RespTestClient.Encode), .. RespTestClient.Encode("RESET"), .. RespTestClient.Encode("ECHO", mark)]);
            var answers = new List<string>();
            while (client.Read() is var answer && answer != "$" + mark) answers.Add(answer);
            Assert.True(answers.Count > BatchSize, $"{answers.Count} answers came to {BatchSize} requests and RESET.");
            return answers;
        }
        catch (Exception broken) when (broken is IOException or FormatException or Xunit.Sdk.XunitException)
        {
            var text = new StringBuilder();
            foreach (var request in requests) text.AppendLine(string.Join(' ', request.Select(Uri.EscapeDataString)));
            throw new InvalidOperationException($"Replay: KVCLUSTER_FUZZ_SEED={seed} KVCLUSTER_FUZZ_INPUTS={BatchSize} dotnet test KvCluster.Tests --filter AnyRequests_AreAnsweredAndTheConnectionStays\n{text}", broken);
        }
    }
}
