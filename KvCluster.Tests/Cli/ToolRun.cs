using System.Text;
using KvCluster.Cli;

namespace KvCluster.Tests.Cli;

/// <summary>One run of the tool in this process.</summary>
internal sealed record ToolRun(int Code, byte[] Bytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(Bytes);

    public static async Task<ToolRun> OfAsync(string? endpoints, byte[] input, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        using var stdin = new MemoryStream(input);
        var console = new CliConsole
        {
            Input = stdin,
            Output = output,
            Error = error,
            IsOutputTerminal = false,
            IsErrorTerminal = false,
            Environment = name => name == "KV_ENDPOINTS" ? endpoints : null,
        };
        var code = await new KvTool(console).RunAsync(arguments, TestContext.Current.CancellationToken);
        return new ToolRun(code, output.ToArray(), error.ToString());
    }
}
