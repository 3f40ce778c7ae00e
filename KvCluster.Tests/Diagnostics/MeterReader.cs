using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace KvCluster.Tests.Diagnostics;

/// <summary>A meter factory that belongs to one test, and everything that its meters say, added up by instrument and attributes.</summary>
internal sealed class MeterReader : IMeterFactory
{
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _values = new();
    private readonly ConcurrentDictionary<string, Instrument> _instruments = new();

    public MeterReader()
    {
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, this)) return;
            _instruments[instrument.Name] = instrument;
            self.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, attributes, _) => Note(instrument, value, attributes));
        _listener.SetMeasurementEventCallback<double>((instrument, value, attributes, _) => Note(instrument, value, attributes));
        _listener.Start();
    }

    public IReadOnlyDictionary<string, Instrument> Instruments => _instruments;

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>Everything as of now: "name{attribute=value,...}" with the newest value, or for a histogram with the number of its measurements.</summary>
    public IReadOnlyDictionary<string, double> Collect()
    {
        foreach (var series in _values.Keys.Where(series => _instruments[series.Split('{')[0]].IsObservable)) _values.TryRemove(series, out _);
        _listener.RecordObservableInstruments();
        return new Dictionary<string, double>(_values);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters) meter.Dispose();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> attributes)
    {
        var series = $"{instrument.Name}{{{string.Join(',', attributes.ToArray().Select(attribute => $"{attribute.Key}={attribute.Value}"))}}}";
        if (instrument.IsObservable) _values[series] = value;
        else _values.AddOrUpdate(series, 1, (_, count) => count + 1);
    }
}
