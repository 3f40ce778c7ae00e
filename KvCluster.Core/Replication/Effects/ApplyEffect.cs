using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Apply committed, durable entries in order.</summary>
/// <param name="Entries">The entries, or nothing when they must be read from the log (after a restart).</param>
/// <param name="Tokens">Who waits for each entry (zero: nobody); as long as <paramref name="Entries"/>, or empty. The shell answers them after applying.</param>
/// <param name="Copies">Durable copies each entry has at least.</param>
public sealed record ApplyEffect(LogIndex From, LogIndex To, IReadOnlyList<LogEntry>? Entries, IReadOnlyList<long> Tokens, int Copies) : ReplicationEffect;
