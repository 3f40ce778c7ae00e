using System.Collections.Immutable;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>
/// From a decided closing value to a generation that stands: gives the value to the new voters, and retires the old ones when a majority
/// of the new ones has it. Everybody who learns the value may do this, all at once and as often as they like.
/// </summary>
internal sealed class RegisterHandover(RegisterView next, ImmutableArray<VoterInfo> oldVoters, long oldGeneration, long number, int triesMax)
{
    private readonly HashSet<Guid> _begun = [];
    private int _tries;

    public long Number { get; } = number;
    public bool IsOver => _begun.Count == next.Voters.Length || _tries >= triesMax;

    public void Send(ICollection<ProposerEffect> effects)
    {
        _tries++;
        var document = next.Initial!;
        foreach (var voter in next.Voters)
        {
            if (_begun.Contains(voter.VoterId)) continue;
            var to = new RegisterAddress(document.ClusterId, document.Lineage, next.Generation, voter.VoterId);
            effects.Add(new SendRequest(voter, Number, new Initialise(to, document)));
        }
    }

    public void On(Guid voter, RegisterAnswer answer, ICollection<ProposerEffect> effects)
    {
        // A voter that has even left the new generation behind has begun it.
        if (answer is not (Initialised or Moved) || next.Voters.All(info => info.VoterId != voter)) return;
        if (!_begun.Add(voter) || _begun.Count != next.Quorum) return;
        var document = next.Initial!;
        foreach (var old in oldVoters)
        {
            var to = new RegisterAddress(document.ClusterId, document.Lineage, oldGeneration, old.VoterId);
            effects.Add(new SendRequest(old, Number, new Retire(to, new VoterPointer(next.Generation, next.Voters))));
        }
    }
}
