namespace KvCluster.Tests.Linearizability;

/// <summary>Which (set of placed operations, state) were tried before: trying again what led nowhere is what makes the search exponential.</summary>
internal sealed class VisitedStates
{
    private readonly HashSet<Visited> _visited = [];

    public bool TryAdd(ulong[] done, in KeyContent state) => _visited.Add(new Visited((ulong[])done.Clone(), state));

    private readonly record struct Visited(ulong[] Done, KeyContent State)
    {
        public bool Equals(Visited other) => State == other.State && Done.AsSpan().SequenceEqual(other.Done);

        public override int GetHashCode()
        {
            var hash = (ulong)HashCode.Combine(State.Exists, State.First, State.Second, State.Lifetime);
            foreach (var word in Done) hash = (hash ^ word) * 0x9E3779B97F4A7C15;
            return (int)(hash ^ (hash >> 32));
        }
    }
}
