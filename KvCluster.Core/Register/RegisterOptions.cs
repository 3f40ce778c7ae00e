namespace KvCluster.Core.Register;

/// <summary>Bounds of a proposer.</summary>
public sealed record RegisterOptions
{
    /// <summary>For how many versions the document names the request that made them; an older request cannot be answered any more (R7).</summary>
    public int RecentMax { get; init; } = 64;

    /// <summary>How often the voters of a new generation are told how it begins before that is left to whoever asks next.</summary>
    public int HandoverTriesMax { get; init; } = 20;
}
