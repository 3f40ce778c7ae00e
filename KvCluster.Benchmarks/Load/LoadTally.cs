using System.Globalization;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>What one thread saw; added up at the end.</summary>
internal sealed class LoadTally
{
    public const string ConnectionLost = "connection lost";
    public const string Unanswered = "unanswered";
    private readonly SortedDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly long[] _writesByCopies = new long[3];

    public LatencyHistogram Gets { get; } = new();
    public LatencyHistogram Puts { get; } = new();

    /// <summary>Operations that were answered as they should inside the measured window, whenever they began.</summary>
    public long CompletedInWindow { get; private set; }

    public IReadOnlyDictionary<string, long> Errors => _errors;

    /// <summary>Writes by the number of durable copies that their answers named; those without a number at zero.</summary>
    public IReadOnlyList<long> WritesByCopies => _writesByCopies;

    public void OnAnswer(OperationKind kind, long intended, long now, Answer answer, LoadWindow window)
    {
        if (!answer.IsAccepted)
        {
            CountError(string.Create(CultureInfo.InvariantCulture, $"status {answer.Status}"));
            return;
        }

        if (window.IsMeasured(now))
            CompletedInWindow++;
        if (intended < window.MeasureFrom)
            return;
        (kind == OperationKind.Get ? Gets : Puts).Record(now - intended);
        if (kind == OperationKind.Put)
            _writesByCopies[Math.Min(answer.Copies, _writesByCopies.Length - 1)]++;
    }

    public void CountError(string name, long count = 1)
    {
        if (count > 0)
            _errors[name] = _errors.GetValueOrDefault(name) + count;
    }

    public void Add(LoadTally other)
    {
        Gets.Add(other.Gets);
        Puts.Add(other.Puts);
        CompletedInWindow += other.CompletedInWindow;
        for (var copies = 0; copies < _writesByCopies.Length; copies++)
            _writesByCopies[copies] += other._writesByCopies[copies];
        foreach (var (name, count) in other._errors)
            CountError(name, count);
    }
}
