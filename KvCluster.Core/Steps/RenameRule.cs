namespace KvCluster.Core.Steps;

/// <summary>What becomes of source and destination.</summary>
public enum RenameRule : byte
{
    Replace = 0,
    OnlyIfAbsent = 1,
    Copy = 2,
    CopyReplace = 3,
}
