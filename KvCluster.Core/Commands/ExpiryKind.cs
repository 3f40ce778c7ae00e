namespace KvCluster.Core.Commands;

public enum ExpiryKind : byte
{
    Never = 0,
    Keep = 1,
    After = 2,
    At = 3,
}
