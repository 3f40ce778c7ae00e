namespace KvCluster.Node.Storage;

/// <summary>Why storage cannot be used.</summary>
public enum StorageFailure
{
    /// <summary>A read or write failed.</summary>
    InputOutput,

    /// <summary>No space left.</summary>
    DiskFull,

    /// <summary>A checksum does not match.</summary>
    Corrupt,

    /// <summary>Another process uses the data folder.</summary>
    InUse,

    /// <summary>The data folder was written by a newer version.</summary>
    NewerFormat,

    /// <summary>The folder belongs to another server or is no data folder.</summary>
    Foreign,
}
