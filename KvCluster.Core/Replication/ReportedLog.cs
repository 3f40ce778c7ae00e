using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>The other server's log beside the main's own.</summary>
/// <param name="Common">The newest entry that both have; none when nothing that is still kept is the same.</param>
internal readonly record struct ReportedLog(LogReport Report, LogIndex? Common)
{
    /// <summary>Entries of the main's log can follow what the peer has applied.</summary>
    public bool CanBeContinued(ReplicationLog own) => Common is { } common && common >= Report.Applied && common >= own.Base.Index;

    /// <summary>The peer has entries beyond the end of what both have, and this server has applied nothing there that contradicts them.</summary>
    /// <remarks>
    /// Where nothing that is kept is the same, the beginning of the peer's log is what it has applied, which was committed. How far this server's
    /// own log reaches says nothing then: a main appends to it from its first moment.
    /// </remarks>
    public bool ContinuesOwn(LogIndex ownApplied) =>
        Common is { } common ? Report.Last.Index > common && ownApplied <= common : Report.Base.Index > ownApplied;

    /// <summary>The peer is without something that was committed; an older report than the acknowledgements of its run proves nothing.</summary>
    public bool Lacks(LogIndex committed, LogIndex acknowledged) => (Common ?? LogIndex.Zero) is var common && common < committed && acknowledged <= common;
}
