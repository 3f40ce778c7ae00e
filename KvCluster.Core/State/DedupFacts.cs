using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>What a dedup row says.</summary>
/// <param name="Slot">The slot of the key that was written; the record moves with it.</param>
/// <param name="Generation">Slot epoch under which it was written, as in data rows.</param>
/// <param name="Revision">Revision of the entry that executed the request.</param>
/// <param name="KeepUntil">
/// The record may be forgotten only when the horizon has reached this: not below the revision, nor below the request's own stamp,
/// nor below that of records which this one made forgettable. Else a late repeat could pass the horizon and find no record.
/// </param>
/// <param name="FirstIncomplete">Every lower sequence of the client counts as answered.</param>
internal readonly record struct DedupFacts(
    ushort Slot, long Generation, Revision Revision, Revision KeepUntil, ulong FirstIncomplete, Outcome Outcome);
