using System.Diagnostics;
using System.Reflection;
using StackExchange.Redis;

namespace KvCluster.Tests.Resp;

/// <summary>The program that does the checks with StackExchange.Redis 2.x.</summary>
internal sealed class Redis2Process : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private Redis2Process(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static string Program => typeof(Redis2Process).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Redis2Program").Value!;

    /// <param name="mode"><c>live</c> or <c>visit</c>.</param>
    public static Redis2Process Start(string mode, int port, RedisProtocol protocol) => new(Process.Start(new ProcessStartInfo("dotnet", [Program, mode, $"127.0.0.1:{port}", protocol.ToString()])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>Waits for the program's word.</summary>
    public async Task ExpectAsync(string word)
    {
        var said = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(said == word, said is null ? $"It ended before '{word}': {await _errors}" : $"It said '{said}', not '{word}'.");
    }

    public void Say(string word) => _process.StandardInput.WriteLine(word);

    public async Task ExpectSuccessAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(_process.ExitCode == 0, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
