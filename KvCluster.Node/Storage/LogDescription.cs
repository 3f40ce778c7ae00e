using System.Collections.Immutable;
using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>What a log on disk holds.</summary>
/// <param name="First">Index of the first entry kept; <c>Last + 1</c> when none is.</param>
/// <param name="Last">Index of the newest entry, or of the snapshot the log begins after.</param>
/// <param name="LastRevision">Revision of that entry.</param>
/// <param name="Base">Epoch of the entry before <paramref name="First"/>, which the first append after a snapshot must match.</param>
/// <param name="EpochStarts">Where each epoch begins among the kept entries, ascending.</param>
public sealed record LogDescription(LogIndex First, LogIndex Last, Revision LastRevision, Epoch Base, ImmutableArray<EpochStart> EpochStarts);
