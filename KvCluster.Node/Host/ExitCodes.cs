namespace KvCluster.Node.Host;

/// <summary>Why the process ended, for scripts and orchestrators.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>Options are wrong; every mistake is on standard error.</summary>
    public const int OptionsInvalid = 2;

    /// <summary>The data folder is in use, foreign, damaged or of a newer version.</summary>
    public const int DataFolder = 3;

    /// <summary>The cluster refused this server for good.</summary>
    public const int Refused = 4;

    /// <summary>A port could not be opened.</summary>
    public const int Port = 5;

    /// <summary>A broken invariant.</summary>
    public const int Broken = 70;
}
