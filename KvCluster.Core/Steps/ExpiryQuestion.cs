namespace KvCluster.Core.Steps;

/// <summary>How a key's expiry is asked for: what is left of it, or the moment.</summary>
public enum ExpiryQuestion : byte
{
    SecondsLeft = 0,
    MillisecondsLeft = 1,
    UnixSeconds = 2,
    UnixMilliseconds = 3,
}
