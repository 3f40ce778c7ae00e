namespace KvCluster.Cli.Output;

/// <summary>How results are shown.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs: one JSON document, or one a line.</summary>
    Json,
}
