namespace KvCluster.AppHost.Page;

/// <summary>What became of a command.</summary>
/// <param name="Ok">It was done.</param>
/// <param name="Text">One sentence: what was done, or why not.</param>
internal sealed record PageAnswer(bool Ok, string Text);
