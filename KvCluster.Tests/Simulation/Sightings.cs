namespace KvCluster.Tests.Simulation;

/// <summary>How often each rare state was seen.</summary>
internal sealed class Sightings
{
    private readonly long[] _counts = new long[Enum.GetValues<Sighting>().Length];

    public long this[Sighting sighting] => _counts[(int)sighting];

    /// <summary>Histories for which the allowed work did not suffice.</summary>
    public long UndecidedHistories { get; set; }

    public IReadOnlyList<Sighting> Missing => [.. Enum.GetValues<Sighting>().Where(sighting => this[sighting] == 0)];

    public void Note(Sighting sighting) => _counts[(int)sighting]++;

    public void Add(Sightings other)
    {
        UndecidedHistories += other.UndecidedHistories;
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
    }

    public override string ToString() => string.Join(Environment.NewLine, Enum.GetValues<Sighting>().Select(sighting => $"{this[sighting],10} {sighting}"));
}
