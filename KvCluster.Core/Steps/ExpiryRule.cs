namespace KvCluster.Core.Steps;

/// <summary>When a new expiry replaces the present one. No expiry counts as infinitely late.</summary>
public enum ExpiryRule : byte
{
    Always = 0,
    OnlyWithout = 1,
    OnlyWith = 2,
    OnlyLater = 3,
    OnlyEarlier = 4,

    /// <summary>Earlier, and only where there is one.</summary>
    OnlyEarlierOfThose = 5,
}
