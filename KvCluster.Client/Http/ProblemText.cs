using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Http;

/// <summary>A problem document as one sentence.</summary>
internal static class ProblemText
{
    public static string Of(KvProblem problem) => problem.Detail is { Length: > 0 } detail ? $"{problem.Title}: {detail}" : problem.Title;
}
