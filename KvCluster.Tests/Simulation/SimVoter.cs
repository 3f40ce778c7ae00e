using KvCluster.Core.Register;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>The vote of a process: the real voter over the simulated disk. What an answer rests on is durable before it leaves.</summary>
internal sealed class SimVoter
{
    private readonly RealMasters _masters;
    private readonly SimProcess _process;
    private readonly List<(long AfterWrite, RegisterAnswer Answer, Action<RegisterAnswer> Reply)> _held = [];
    private RegisterVoter? _voter;
    private long _writes;
    private long _durable;
    private readonly Queue<VoterState> _unsynced = new();

    public SimVoter(RealMasters masters, SimProcess process)
    {
        (_masters, _process) = (masters, process);
        if (process.Disk.Vote is { } kept) _voter = new RegisterVoter(kept, process.World.Plan.RegisterFaults);
    }

    /// <summary>The server has joined the cluster: from now on it may be asked to vote there.</summary>
    public void Join(ClusterTopology topology)
    {
        if (_voter is not null) return;
        var disk = _process.Disk;
        disk.Vote = new VoterState { ClusterId = topology.ClusterId, Lineage = topology.Lineage, VoterId = disk.VoterId };
        _voter = new RegisterVoter(disk.Vote, _process.World.Plan.RegisterFaults);
    }

    public void On(RegisterRequest request, Action<RegisterAnswer> reply)
    {
        if (_process.HasFailed) return;
        if (_voter is not { } voter)
        {
            reply(new Stranger(0));
            return;
        }

        var step = voter.On(request);
        if (step.Write is { } write) Write(write);
        if (step.AfterWrite <= _durable) reply(step.Answer);
        else _held.Add((step.AfterWrite, step.Answer, reply));
    }

    /// <summary>What is decided in a generation frees this vote of older ones, and of its word for a close that did not come.</summary>
    public void OnDecided(DecidedEffect decided)
    {
        if (_voter is not { } voter) return;
        var document = decided.Document;
        var to = new RegisterAddress(document.ClusterId, document.Lineage, decided.Generation + 1, voter.State.VoterId);
        On(new Release(to, decided.Ballot), _ => { });
        if (voter.State.Registers.Any(held => held.Generation < decided.Generation))
            On(new Retire(to with { Generation = decided.Generation - 1 }, new VoterPointer(document.Generation, document.Voters)), _ => { });
    }

    private void Write(VoterState state)
    {
        _writes++;
        _unsynced.Enqueue(state);
        if (_unsynced.Count == 1) SyncNext();
    }

    // How long a sync takes is a matter of the moment it begins: what waits for a disk that was slow does not wait as long when it is fast again.
    private void SyncNext()
    {
        _process.Schedule(_process.World.Random.Around(_process.Disk.SyncMicroseconds), () =>
        {
            if (_process.Disk.Trouble != DiskTrouble.None) _process.Fail("The vote could not be made durable.");
            if (_process.HasFailed) return;
            var (number, state) = (_durable + 1, _unsynced.Peek());
            (_process.Disk.Vote, _durable) = (state, number);
            _masters.OnDurable(state.VoterId, state);
            var due = _held.Where(held => held.AfterWrite <= number).ToArray();
            _held.RemoveAll(held => held.AfterWrite <= number);
            foreach (var held in due) held.Reply(held.Answer);
            _unsynced.Dequeue();
            if (_unsynced.Count > 0) SyncNext();
        });
    }
}
