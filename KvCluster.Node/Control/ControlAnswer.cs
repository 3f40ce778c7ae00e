using KvCluster.Protocol.Problems;

namespace KvCluster.Node.Control;

/// <summary>What another server said.</summary>
/// <param name="Problem">Why it refused; null together with <paramref name="IsOk"/> false when it gave no answer.</param>
internal readonly record struct ControlAnswer<T>(T? Value, KvProblem? Problem, bool IsOk)
    where T : class;
