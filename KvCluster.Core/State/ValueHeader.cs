using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>What stands in front of a value in its row.</summary>
/// <param name="Generation">Slot epoch under which the row was written. A row of another generation is garbage of an earlier stay and invisible.</param>
/// <param name="ExpiresAt">Unix milliseconds; zero for never.</param>
internal readonly record struct ValueHeader(long Generation, Revision Revision, long ExpiresAt, int ContentTypeLength)
{
    public int Bytes => ValueRow.FixedBytes + ContentTypeLength;

    /// <summary>Seen by somebody who has applied everything up to <paramref name="now"/>.</summary>
    public bool IsVisible(long generation, Revision now) =>
        Generation == generation && (ExpiresAt == 0 || Revision.FromMilliseconds(ExpiresAt) > now);
}
