namespace KvCluster.Cli.Transfer;

/// <summary>A line of the input is no record. The message says why, for people.</summary>
internal sealed class RecordFormatException(string message) : Exception(message);
