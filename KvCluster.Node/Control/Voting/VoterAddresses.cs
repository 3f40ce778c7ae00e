using System.Collections.Concurrent;

namespace KvCluster.Node.Control.Voting;

/// <summary>
/// Where votes were heard of lately, beside what the topology says: when a majority of the voters comes back at other addresses, the topology
/// cannot say so before it has been changed, and cannot be changed before they are found.
/// </summary>
/// <remarks>Hints where to dial, from whoever answered: the voter that answers there proves by its id that it is the one that is meant.</remarks>
internal sealed class VoterAddresses
{
    // Many more than vote; who invents ids does not fill the memory.
    private const int HintsMax = 256;
    private readonly ConcurrentDictionary<Guid, string> _heard = new();

    public void Heard(Guid? vote, string? peer)
    {
        if (vote is not { } id || peer is null) return;
        if (_heard.Count < HintsMax || _heard.ContainsKey(id)) _heard[id] = peer;
    }

    public string? Find(Guid vote) => _heard.GetValueOrDefault(vote);
}
