namespace KvCluster.Core.Commands;

/// <summary>Why a payload of the log cannot be read.</summary>
public enum RecordFault
{
    /// <summary>Too short, too long, or a field outside its bounds.</summary>
    Malformed,

    /// <summary>Written by a newer version.</summary>
    UnknownVersion,

    /// <summary>A record type that this version does not know.</summary>
    UnknownType,
}
