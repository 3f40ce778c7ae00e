namespace KvCluster.Core.Commands;

/// <summary>Second byte of a command's payload.</summary>
internal enum CommandType : byte
{
    Put = 1,
    MergePatch = 2,
    JsonPatch = 3,
    Delete = 4,
    Increment = 5,
    Expire = 6,
    Steps = 7,
}
