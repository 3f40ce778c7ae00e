namespace KvCluster.Core.Replication;

/// <summary>
/// Until when this server may answer reads as main, as the core published it last. Read by every request, written in the core's turns.
/// </summary>
/// <remarks>
/// A read draws a ticket, then takes its value, then asks about the ticket with a clock that it reads last. A lease that is valid in the
/// end says nothing of a value that was taken before this server began to reign: between the two a replica that lagged can become main.
/// And how fresh a replica is must be known before the value is taken: a later word speaks of a later state.
/// </remarks>
public sealed class ReadPermit
{
    private long _leaseUntil;
    private long _freshAsOf;
    private long _reign;

    /// <summary>Main, but perhaps with a lease that ran out.</summary>
    public bool IsServing => Volatile.Read(ref _leaseUntil) != 0;

    public void Publish(long leaseUntil, long freshAsOf)
    {
        // Who sees the lease of a new reign must see its number.
        if (leaseUntil != 0 && _leaseUntil == 0) Volatile.Write(ref _reign, _reign + 1);
        Volatile.Write(ref _freshAsOf, freshAsOf);
        Volatile.Write(ref _leaseUntil, leaseUntil);
    }

    /// <summary>Called before the value is taken.</summary>
    public ReadTicket Draw()
    {
        var reign = Volatile.Read(ref _reign);
        return new ReadTicket(IsServing && Volatile.Read(ref _reign) == reign ? reign : 0, Volatile.Read(ref _freshAsOf));
    }

    /// <summary>This server was main when the value was taken: the lease still holds.</summary>
    /// <param name="microseconds">The monotonic clock, read after the value was taken.</param>
    public bool IsValid(ReadTicket ticket, long microseconds) =>
        Volatile.Read(ref _leaseUntil) is var until && (until == long.MaxValue || microseconds < until) && IsSameReign(ticket);

    /// <summary>The stretch of serving in which the value was taken has not ended. What a confirmed read has to ask.</summary>
    public bool IsSameReign(ReadTicket ticket) => ticket.Reign != 0 && IsServing && Volatile.Read(ref _reign) == ticket.Reign;

    /// <summary>How far a replica's value may be behind, in milliseconds; none when it is not known.</summary>
    public static int? StalenessMilliseconds(ReadTicket ticket, long microseconds) =>
        ticket.FreshAsOf == 0 ? null : (int)Math.Min(int.MaxValue, (microseconds - ticket.FreshAsOf + 999) / 1_000);
}
