using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>Counts, kept apart by one attribute whose few values are known beforehand.</summary>
internal sealed class Tally
{
    private readonly StripedCounters _counts;
    private readonly KeyValuePair<string, object?>[] _attributes;

    public Tally() => (_counts, _attributes) = (new StripedCounters(1), []);

    public Tally(string attribute, ReadOnlySpan<string> values)
    {
        _counts = new StripedCounters(values.Length);
        _attributes = new KeyValuePair<string, object?>[values.Length];
        for (var i = 0; i < values.Length; i++) _attributes[i] = new(attribute, values[i]);
    }

    /// <param name="place">Place of the attribute's value in the list of them.</param>
    public void Add(int place = 0, long by = 1) => _counts.Add(place, by);

    public IEnumerable<Measurement<long>> Observe()
    {
        if (_attributes.Length == 0) yield return new Measurement<long>(_counts.Sum(0));
        for (var i = 0; i < _attributes.Length; i++) yield return new Measurement<long>(_counts.Sum(i), _attributes[i]);
    }
}
