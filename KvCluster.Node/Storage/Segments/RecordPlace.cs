namespace KvCluster.Node.Storage.Segments;

/// <summary>Where a record begins in its segment, and the checksum of the one before it.</summary>
internal readonly record struct RecordPlace(long Offset, uint Before);
