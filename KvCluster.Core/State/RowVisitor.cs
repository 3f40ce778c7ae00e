namespace KvCluster.Core.State;

/// <summary>Sees one row of a scan; both spans are valid only during the call.</summary>
/// <returns>False ends the scan.</returns>
public delegate bool RowVisitor(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value);
