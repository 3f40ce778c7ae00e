using System.Collections.Concurrent;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Client.Fake;

/// <summary>The data of one node: both its servers answer from it.</summary>
internal sealed class FakeNode(NodeId id)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeOutcome> _outcomes = [];
    private readonly SortedDictionary<byte[], FakeValue> _values = new(Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
    private Revision _clock = Revision.FromMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    public NodeId Id { get; } = id;

    /// <summary>Writes that were executed, retries not counted.</summary>
    public int Executions { get; private set; }

    /// <summary>Request ids in the order in which they came, retries too.</summary>
    public ConcurrentQueue<string> IdsSeen { get; } = [];

    public FakeValue? Find(byte[] key)
    {
        lock (_gate) return _values.GetValueOrDefault(key);
    }

    public FakeOutcome Write(string? requestId, byte[] key, Func<FakeValue?, Revision, FakeOutcome> execute)
    {
        lock (_gate)
        {
            if (requestId is not null) IdsSeen.Enqueue(requestId);
            if (requestId is not null && _outcomes.TryGetValue(requestId, out var known)) return known;
            _clock = Revision.After(_clock, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            var outcome = execute(_values.GetValueOrDefault(key), _clock);
            Executions++;
            if (outcome.Status < 300)
            {
                if (outcome.Stored is { } stored) _values[key] = stored;
                else _values.Remove(key);
            }

            if (requestId is not null) _outcomes[requestId] = outcome;
            return outcome;
        }
    }

    public ListPage List(byte[] prefix, int limit, string? token, bool values)
    {
        lock (_gate)
        {
            var after = token is null ? null : Convert.FromHexString(token);
            var found = _values
                .Where(pair => pair.Key.AsSpan().StartsWith(prefix) && (after is null || pair.Key.AsSpan().SequenceCompareTo(after) > 0))
                .Take(limit + 1).ToList();
            var page = found.Take(limit).Select(pair => FakeJson.Listed(pair.Key, pair.Value, values));
            return new ListPage([.. page], found.Count > limit ? Convert.ToHexString(found[limit - 1].Key) : null);
        }
    }
}
