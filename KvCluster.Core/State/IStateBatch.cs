namespace KvCluster.Core.State;

/// <summary>
/// One atomic step of the applied state, made of one or more log entries: reads see what the batch already wrote,
/// nobody else sees anything before it is committed together with the applied index.
/// </summary>
public interface IStateBatch : IStateReader
{
    void Put(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value);
    void Delete(ReadOnlySpan<byte> row);
}
