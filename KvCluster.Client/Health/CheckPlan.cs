namespace KvCluster.Client.Health;

/// <summary>When one server is to be checked next.</summary>
internal sealed class CheckPlan(TimeProvider time, TimeSpan interval)
{
    private static readonly TimeSpan SoonMin = TimeSpan.FromMilliseconds(250);

    private long _last = time.GetTimestamp();
    private TimeSpan _soon = SoonMin;

    /// <summary>The check under way, or the last one.</summary>
    public Task Running { get; set; } = Task.CompletedTask;

    public bool IsDue(bool isActive) => Running.IsCompleted && time.GetElapsedTime(_last) >= (isActive || interval < _soon ? interval : _soon);

    public void OnChecked(bool isActive)
    {
        _last = time.GetTimestamp();
        _soon = isActive ? SoonMin : Min(_soon * 2, interval);
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
