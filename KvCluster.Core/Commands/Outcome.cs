using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>The result of applying one entry.</summary>
/// <param name="Revision">The key's revision after the write, or the current one that failed a precondition; none when the key is absent.</param>
/// <param name="Number">The counter after an increment.</param>
/// <param name="ExpiresAt">Unix milliseconds; zero for never.</param>
/// <param name="Replies">What each step said; only of a <see cref="StepsCommand"/>.</param>
public readonly record struct Outcome(OutcomeCode Code, Revision Revision = default, long Number = 0, long ExpiresAt = 0, IReadOnlyList<StepReply>? Replies = null)
{
    public bool HasEffect => Code is OutcomeCode.Created or OutcomeCode.Updated or OutcomeCode.Deleted;
}
