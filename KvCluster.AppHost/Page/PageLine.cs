namespace KvCluster.AppHost.Page;

/// <summary>A line of a server's output.</summary>
internal sealed record PageLine(string Server, string Text);
