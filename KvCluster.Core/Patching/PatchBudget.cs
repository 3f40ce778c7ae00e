using System.Text.Json.Nodes;
using KvCluster.Core.Commands;

namespace KvCluster.Core.Patching;

/// <summary>
/// What the operations of one patch may cost: a few that copy the document into itself would double it each time, and many that insert
/// at the front of a long array would keep both servers of the node busy for an hour.
/// </summary>
internal sealed class PatchBudget
{
    // A node of the tree takes far more memory than its text.
    private const int BytesPerNode = 16;
    private const long WorkMax = 32_000_000;
    private long _copiedBytes = CommandLimits.ValueBytesMax;
    private long _work = WorkMax;

    /// <summary>Takes the place of <paramref name="value"/> at <paramref name="depth"/>.</summary>
    /// <param name="isCopy">It makes the document larger than value and patch are together.</param>
    public OutcomeCode TakePlace(JsonNode? value, int depth, bool isCopy)
    {
        if (!IsShallow(value, depth, isCopy)) return OutcomeCode.PatchConflict;
        return IsSpent ? OutcomeCode.ValueTooLarge : OutcomeCode.Updated;
    }

    /// <summary>Takes the work of moving <paramref name="count"/> members or items by one place.</summary>
    public OutcomeCode TakeMoves(int count)
    {
        _work -= count;
        return IsSpent ? OutcomeCode.ValueTooLarge : OutcomeCode.Updated;
    }

    private bool IsSpent => _copiedBytes < 0 || _work < 0;

    // Every tree in use nests at most JsonDepthMax deep, because nothing deeper is ever added; that bounds the recursion.
    private bool IsShallow(JsonNode? value, int depth, bool isCopy)
    {
        _work--;
        if (isCopy) _copiedBytes -= BytesPerNode;
        if (IsSpent) return true;
        switch (value)
        {
            case JsonObject members:
                if (depth >= CommandLimits.JsonDepthMax) return false;
                foreach (var (name, member) in members)
                {
                    if (isCopy) _copiedBytes -= name.Length;
                    if (!IsShallow(member, depth + 1, isCopy)) return false;
                }

                return true;
            case JsonArray items:
                if (depth >= CommandLimits.JsonDepthMax) return false;
                foreach (var item in items)
                    if (!IsShallow(item, depth + 1, isCopy)) return false;
                return true;
            case JsonValue text when isCopy && text.TryGetValue(out string? characters):
                _copiedBytes -= characters.Length;
                return true;
            default: return true;
        }
    }
}
