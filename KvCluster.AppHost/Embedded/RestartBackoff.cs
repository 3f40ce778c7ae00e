namespace KvCluster.AppHost.Embedded;

/// <summary>How long a server that ended waits until it is started again: one second, then twice as long each time, up to thirty.</summary>
internal sealed class RestartBackoff
{
    /// <summary>Longer than a replica needs to become main, so that a killed main shows a failover and not a quick restart.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>A server that ran for so long did not fail at its start: what it suffers from is new.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromSeconds(10);
    private TimeSpan _next = First;

    public TimeSpan Next(TimeSpan ranFor)
    {
        var delay = ranFor >= Stable ? First : _next;
        _next = delay * 2 > Longest ? Longest : delay * 2;
        return delay;
    }
}
