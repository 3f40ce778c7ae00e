using System.Diagnostics.Metrics;

namespace KvCluster.Tests.Diagnostics;

/// <summary>Meters that nobody listens to until the test says so, and then without keeping anything.</summary>
internal sealed class SilentMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        _meters.Add(new Meter(options));
        return _meters[^1];
    }

    public MeterListener ListenTo(string name)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, this) && instrument.Name == name) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    /// <summary>The sum of a counter's series, as a listener that comes now reads it.</summary>
    public long Read(string name)
    {
        var sum = 0L;
        using var listener = ListenTo(name);
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => sum += value);
        listener.RecordObservableInstruments();
        return sum;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
