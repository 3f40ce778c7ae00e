using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>The meter <c>KvCluster.Node</c>: names and units by the conventions of OpenTelemetry, everything that is listed in docs/OPERATIONS.md.</summary>
/// <remarks>
/// What counts is an observable counter over a field, so that it is there with zero from the first collection on, whenever the listener
/// came, and costs one addition. What is a state is an observable gauge and costs nothing until somebody looks. Only durations are recorded one
/// by one, and a histogram says nothing before its first measurement: beside each stands a counter of the same events, which says zero until then.
/// Their buckets are explicit, because exponential ones are dropped by some receivers, and fine where a disk or a network is good or bad.
/// No instrument has a key, a client or a request as an attribute.
/// </remarks>
internal sealed class NodeMeter(IMeterFactory meters)
{
    public const string Name = "KvCluster.Node";

    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Meter _meter = meters.Create(Name);

    public Histogram<double> Seconds(string name, string description) => _meter.CreateHistogram(name, "s", description, advice: Buckets);

    /// <summary>One series for each of <paramref name="values"/>, all of them from the beginning.</summary>
    public Tally Count(string name, string unit, string description, string attribute, params ReadOnlySpan<string> values)
    {
        var tally = new Tally(attribute, values);
        _meter.CreateObservableCounter(name, tally.Observe, unit, description);
        return tally;
    }

    public Tally Count(string name, string unit, string description)
    {
        var tally = new Tally();
        _meter.CreateObservableCounter(name, tally.Observe, unit, description);
        return tally;
    }

    public Instrument Gauge<T>(string name, string unit, string description, Func<IEnumerable<Measurement<T>>> observe)
        where T : struct => _meter.CreateObservableGauge(name, observe, unit, description);

    public Instrument Sum<T>(string name, string unit, string description, Func<IEnumerable<Measurement<T>>> observe)
        where T : struct => _meter.CreateObservableUpDownCounter(name, observe, unit, description);
}
