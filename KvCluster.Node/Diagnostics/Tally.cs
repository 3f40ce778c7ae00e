using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>Counts, kept apart by one attribute whose few values are known beforehand.</summary>
internal sealed class Tally
{
    private readonly long[] _counts;
    private readonly KeyValuePair<string, object?>[] _attributes;

    public Tally() => (_counts, _attributes) = ([0], []);

    public Tally(string attribute, ReadOnlySpan<string> values)
    {
        _counts = new long[values.Length];
        _attributes = new KeyValuePair<string, object?>[values.Length];
        for (var i = 0; i < values.Length; i++) _attributes[i] = new(attribute, values[i]);
    }

    /// <param name="place">Place of the attribute's value in the list of them.</param>
    public void Add(int place = 0, long by = 1) => Interlocked.Add(ref _counts[place], by);

    public IEnumerable<Measurement<long>> Observe()
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            var count = Interlocked.Read(ref _counts[i]);
            yield return _attributes.Length == 0 ? new Measurement<long>(count) : new Measurement<long>(count, _attributes[i]);
        }
    }
}
