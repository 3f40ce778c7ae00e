namespace KvCluster.Core.Commands;

/// <summary>
/// A payload of the log cannot be read. The server stops: an entry that one server skips and the other applies makes two states of one log.
/// </summary>
public sealed class RecordFormatException(RecordFault fault, string message) : Exception(message)
{
    public RecordFault Fault { get; } = fault;
}
