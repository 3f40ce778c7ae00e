using System.CommandLine;
using KvCluster.Cli.Output;
using KvCluster.Client;
using KvCluster.Client.Configuration;

namespace KvCluster.Cli.Commands;

/// <summary>The options that every command has.</summary>
internal sealed class SessionOptions
{
    private const string EndpointsVariable = "KV_ENDPOINTS";

    private readonly Option<string?> _endpoints = new("--endpoints", "-e")
    {
        Description = $"Any servers of the cluster, such as http://10.0.0.7:8080,http://10.0.0.8:8080, or a connection string. Else {EndpointsVariable}.",
        Recursive = true,
    };

    private readonly Option<OutputFormat?> _output = new("--output", "-o")
    {
        Description = "How results are shown: table, or json for programs.",
        Recursive = true,
    };

    private readonly Option<int?> _timeout = new("--timeout", "-t")
    {
        Description = "Seconds one request may take, retries included (default 10, at most 30).",
        Recursive = true,
    };

    public void AddTo(RootCommand root)
    {
        root.Options.Add(_endpoints);
        root.Options.Add(_output);
        root.Options.Add(_timeout);
    }

    public OutputFormat? Output(ParseResult parsed) => parsed.GetValue(_output);

    /// <exception cref="UsageException">No server is named, or not in a way that can be understood.</exception>
    public KvClusterClient Connect(ParseResult parsed, CliConsole console)
    {
        var text = parsed.GetValue(_endpoints) ?? console.Environment(EndpointsVariable);
        if (string.IsNullOrWhiteSpace(text)) throw new UsageException($"Name a server of the cluster with --endpoints or {EndpointsVariable}.");
        if (!KvConnectionString.TryParse(text, out var connection, out var mistake)) throw new UsageException($"--endpoints '{text}': {mistake}");
        var options = new KvClientOptions();
        connection.ApplyTo(options);
        if (parsed.GetValue(_timeout) is { } seconds) options.TimeBudget = TimeSpan.FromSeconds(seconds);
        try
        {
            return new KvClusterClient(options);
        }
        catch (Exception wrong) when (wrong is ArgumentException or InvalidOperationException)
        {
            throw new UsageException(wrong.Message);
        }
    }
}
