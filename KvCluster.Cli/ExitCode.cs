using KvCluster.Client;

namespace KvCluster.Cli;

/// <summary>What the exit code of <c>kv</c> means. Scripts rely on it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The key does not exist, or the cluster refused: nothing was applied.</summary>
    public const int Refused = 1;

    /// <summary>The command line or the input cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>No server answered in time: nothing was applied.</summary>
    public const int Unreachable = 3;

    /// <summary>A write was sent and not answered: it may or may not have been applied.</summary>
    public const int Unknown = 4;

    /// <summary>Ended by Ctrl+C, as shells number it.</summary>
    public const int Interrupted = 130;

    public static int Of(KvClusterException failed) => failed switch
    {
        { IsOutcomeUnknown: true } => Unknown,
        KvUnavailableException => Unreachable,
        _ => Refused,
    };
}
