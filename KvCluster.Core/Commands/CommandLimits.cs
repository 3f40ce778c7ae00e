namespace KvCluster.Core.Commands;

/// <summary>Bounds that decide outcomes. Constants, not options: both servers of a node must compute the same.</summary>
public static class CommandLimits
{
    public const int KeyBytesMax = 1_024;
    public const int ValueBytesMax = 16 * 1024 * 1024;
    public const int ContentTypeBytesMax = 255;

    /// <summary>Steps of one entry.</summary>
    public const int StepsMax = 65_535;

    /// <summary>Once the steps of one entry have read, written and answered so many bytes of values, the rest of them are refused.</summary>
    public const long StepsWorkBytesMax = 64L << 20;

    /// <summary>Nesting of a JSON value or patch.</summary>
    public const int JsonDepthMax = 64;

    /// <summary>A stamp may be ahead of the log by so much: clocks differ.</summary>
    public const long StampAheadMillisecondsMax = 60_000;

    /// <summary>Requests of one client that are remembered at a time; with more the lowest sequences count as answered.</summary>
    public const int RequestsPerClientMax = 16_384;

    /// <summary>Requests remembered in all; with more the main moves the horizon before its time.</summary>
    public const int RequestsMax = 200_000;
}
