using KvCluster.Protocol.Identity;

namespace KvCluster.Client;

/// <summary>The answer to a write.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Revision">Of the key after the write; after <see cref="KvStatus.PreconditionFailed"/> the one it has, none when it is absent.</param>
/// <param name="Copies">How many durable copies the write had when it was acknowledged; zero when nothing was written.</param>
public readonly record struct KvWriteResult(KvStatus Status, Revision Revision, int Copies)
{
    /// <summary>The write took effect.</summary>
    public bool Succeeded => Status is KvStatus.Created or KvStatus.Updated or KvStatus.Deleted;
}
