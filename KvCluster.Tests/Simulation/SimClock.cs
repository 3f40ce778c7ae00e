using KvCluster.Core.Replication;

namespace KvCluster.Tests.Simulation;

/// <summary>A machine's clocks: a monotonic one that runs a little too fast or too slow, and a wall clock that can jump.</summary>
internal sealed class SimClock(long ratePerMillion, long offsetMicroseconds)
{
    private const long Million = 1_000_000;
    private const long WallStartMilliseconds = 1_700_000_000_000;
    private long _wallOffset;

    /// <summary>How many local microseconds pass in a million real ones.</summary>
    public long RatePerMillion => ratePerMillion;

    public Now At(long real) => new(Local(real), WallStartMilliseconds + (real / 1_000) + _wallOffset);
    public long Local(long real) => offsetMicroseconds + (long)((Int128)real * ratePerMillion / Million);

    /// <summary>The first real moment at which the local clock shows at least <paramref name="local"/>.</summary>
    public long RealOf(long local) => (long)((((Int128)(local - offsetMicroseconds) * Million) + ratePerMillion - 1) / ratePerMillion);

    public long WallMilliseconds(long real) => At(real).WallMilliseconds;
    public void JumpWall(long milliseconds) => _wallOffset += milliseconds;
}
