namespace KvCluster.Tests.Processes;

/// <summary>What is known of one key that has a single writer.</summary>
/// <remarks>
/// The writer gives a key up after an unknown outcome: that write may still take effect a little later, and a further one on the same key
/// would make it impossible to tell a late write from a lost one.
/// </remarks>
internal sealed class KeyLedger(string key)
{
    public string Key => key;

    /// <summary>The newest acknowledged value; none before the first.</summary>
    public string? Acknowledged { get; set; }

    /// <summary>The value of the write whose outcome was never heard.</summary>
    public string? Unknown { get; set; }

    /// <summary>Values that the cluster said it would never apply.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>What is wrong with <paramref name="found"/> as the key's final value; null when nothing is.</summary>
    public string? Judge(string? found)
    {
        if (found == Acknowledged || (Unknown is not null && found == Unknown)) return null;
        if (found is not null && Refused.Contains(found)) return $"{key} holds {found}, which was refused.";
        return $"{key} holds {found ?? "nothing"}; acknowledged was {Acknowledged ?? "nothing"}, unknown {Unknown ?? "nothing"}.";
    }
}
