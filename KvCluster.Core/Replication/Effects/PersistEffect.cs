using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Cut the log from <paramref name="TruncateFrom"/> on, if given, append, and report <see cref="Inputs.WriteDurable"/> when it is on the disk.</summary>
/// <param name="WriteId">Grows by one with each persist.</param>
public sealed record PersistEffect(long WriteId, LogIndex? TruncateFrom, IReadOnlyList<LogEntry> Entries) : ReplicationEffect;
