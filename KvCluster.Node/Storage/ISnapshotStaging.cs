using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>A copy of another server's state in the making; invisible until it is installed.</summary>
public interface ISnapshotStaging : IDisposable
{
    SnapshotId Id { get; }

    /// <summary>Number of chunks that are staged durably; the next expected chunk number.</summary>
    int Chunks { get; }

    /// <summary>Adds the chunk with number <see cref="Chunks"/>; durable at the latest when <see cref="Install"/> returns.</summary>
    void Add(ReadOnlySpan<byte> chunk);

    /// <summary>
    /// In one durable step: the staged rows become the state, applied = the snapshot's index, and the log is emptied to begin
    /// after it, at the snapshot's epoch and revision. A crash before leaves the old state, a crash after the new one.
    /// </summary>
    void Install(Revision lastRevision);
}
