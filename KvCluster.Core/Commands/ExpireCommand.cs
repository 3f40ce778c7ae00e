namespace KvCluster.Core.Commands;

/// <summary>Changes only a key's time to live; its revision grows.</summary>
public sealed record ExpireCommand : Command
{
    public required Expiry Expiry { get; init; }
}
