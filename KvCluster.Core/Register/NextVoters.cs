using System.Collections.Immutable;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>
/// The voters that a close would move the register to. They may not exist: all of them must have given their word first (R16), and
/// whoever gave it is bound until the close is decided, or another value in its place.
/// </summary>
internal sealed class NextVoters(ImmutableArray<VoterInfo> voters, ClusterId cluster, int lineage)
{
    public ImmutableArray<VoterInfo> Voters => voters;

    public void Ask(RegisterView view, Ballot ballot, long number, ICollection<ProposerEffect> effects)
    {
        foreach (var voter in voters) effects.Add(new SendRequest(voter, number, new MakeReady(To(voter, view.Generation + 1), ballot)));
    }

    public bool AreReady(IReadOnlyDictionary<Guid, RegisterAnswer> answers, Ballot ballot) =>
        voters.All(voter => answers.GetValueOrDefault(voter.VoterId) is Ready ready && ready.Ballot == ballot);

    /// <summary>The close will not be proposed. An older generation that nobody told a voter about may be all that keeps it from being ready the next time: this one stands.</summary>
    public void Refuse(RegisterView view, IReadOnlyDictionary<Guid, RegisterAnswer> answers, ICollection<ProposerEffect> effects)
    {
        foreach (var voter in voters)
        {
            if (answers.GetValueOrDefault(voter.VoterId) is NotReady)
                effects.Add(new SendRequest(voter, 0, new Retire(To(voter, view.Generation - 1), new VoterPointer(view.Generation, view.Voters))));
        }
    }

    /// <summary>Another value was decided in <paramref name="generation"/>: nobody can decide the close below <paramref name="ballot"/> any more.</summary>
    public void Free(long generation, Ballot ballot, ICollection<ProposerEffect> effects)
    {
        foreach (var voter in voters) effects.Add(new SendRequest(voter, 0, new Release(To(voter, generation + 1), ballot)));
    }

    private RegisterAddress To(VoterInfo voter, long generation) => new(cluster, lineage, generation, voter.VoterId);
}
