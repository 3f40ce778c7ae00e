namespace KvCluster.Core.Replication;

/// <summary>Keeps a replica that comes and goes from being put back at once each time: the pause doubles with every loss within a minute (L8).</summary>
internal sealed class RejoinBackoff(CoreState core)
{
    private const long WindowMicroseconds = 60_000_000;
    private const int DoublingsMax = 6;
    private long _takenOutAt = long.MinValue / 2;
    private int _losses;

    public bool IsOver => core.Micros - _takenOutAt >= (_losses == 0 ? 0 : core.Options.RejoinBackoffMicroseconds << Math.Min(_losses - 1, DoublingsMax));

    public void OnTakenOut()
    {
        _losses = core.Micros - _takenOutAt < WindowMicroseconds ? _losses + 1 : 1;
        _takenOutAt = core.Micros;
    }
}
