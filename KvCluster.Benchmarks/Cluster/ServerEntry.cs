namespace KvCluster.Benchmarks.Cluster;

/// <summary>One server in the AppHost's state file.</summary>
/// <param name="Role"><c>main</c>, <c>replica</c> or <c>witness</c>.</param>
/// <param name="Resp">Host and port of the Redis-protocol port; none when it is off.</param>
/// <param name="Pid">None while no process runs.</param>
internal sealed record ServerEntry(string Name, string? Node, string Role, bool Master, Uri Url, string? Resp, int? Pid, string State)
{
    public const string Main = "main";
    public const string Witness = "witness";
}
