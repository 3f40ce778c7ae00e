using System.Runtime.InteropServices;

namespace KvCluster.AppHost.Embedded;

/// <summary>Turns the ways in which a process is asked to end into one token: Ctrl+C, SIGTERM, a closed terminal. Asked again,
/// it means at once.</summary>
/// <remarks>One wish may come as two signals: <c>timeout</c> sends its own to the process and to its group. Only a later one is
/// a second wish.</remarks>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan SameWish = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly Lock _asking = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private long? _asked;

    public StopSignals(TimeProvider time)
    {
        _time = time;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP }.Select(Register)];
    }

    public CancellationToken Stop => _stop.Token;
    public CancellationToken Kill => _kill.Token;

    public void Ask()
    {
        CancellationTokenSource? wish = null;
        lock (_asking)
        {
            if (_asked is null)
                wish = _stop;
            else if (_time.GetElapsedTime(_asked.Value) > SameWish)
                wish = _kill;
            _asked ??= _time.GetTimestamp();
        }

        wish?.Cancel();
    }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
        _kill.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Ask();
    });
}
