using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>What a proposer is asked to do. The same request is repeated only as the same operation (R7).</summary>
/// <param name="Document">What to write as the successor of <paramref name="ExpectedVersion"/>; none for a read.</param>
/// <param name="IsFullRound">For a read: goes through promises and votes, so that its ballot ends every older attempt.</param>
public sealed record RegisterOperation(long ExpectedVersion, ClusterTopology? Document, Guid RequestId, bool IsFullRound)
{
    public bool IsRead => Document is null;

    public static RegisterOperation Read(bool isFullRound = false) => new(0, null, Guid.Empty, isFullRound);

    /// <exception cref="ArgumentException">The document's version does not follow the expected one.</exception>
    public static RegisterOperation CompareAndSet(long expectedVersion, ClusterTopology document, Guid requestId)
    {
        if (document.Version != expectedVersion + 1) throw new ArgumentException("The document's version must follow the expected one.", nameof(document));
        return new RegisterOperation(expectedVersion, document, requestId, IsFullRound: true);
    }

    /// <summary>What a decided document says of this request; nothing if the expected version has no successor in it.</summary>
    internal RegisterResultKind? VerdictOf(ClusterTopology decided, RegisterFaults faults)
    {
        if (IsRead) return RegisterResultKind.Read;
        var version = ExpectedVersion + 1;
        if (version > decided.Version) return null;
        foreach (var change in decided.Recent)
            if (change.Version == version) return change.RequestId == RequestId ? RegisterResultKind.Written : RegisterResultKind.Conflict;
        return faults.HasFlag(RegisterFaults.GuessConflict) ? RegisterResultKind.Conflict : RegisterResultKind.Unknown;
    }
}
