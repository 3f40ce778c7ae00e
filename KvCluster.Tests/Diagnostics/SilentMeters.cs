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

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
