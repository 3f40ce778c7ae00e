using KvCluster.Core.Register;
using KvCluster.Core.Register.Messages;

namespace KvCluster.Tests.Register;

/// <summary>A voter with a disk: writes become durable in their order, one at a time; a crash loses those that are under way.</summary>
internal sealed class SimulatedVoter(RegisterWorld world, RegisterOracle oracle, RegisterFaults faults, Guid firstId)
{
    private readonly List<(long AfterWrite, RegisterAnswer Answer, Action<RegisterAnswer> Reply)> _held = [];
    private RegisterVoter? _voter;
    private long _writes;
    private long _durable;
    private long _diskFree;
    private int _run;

    public Guid VoterId { get; private set; } = firstId;
    public VoterState Disk { get; private set; } = Fresh(firstId);
    public VoterState State => _voter?.State ?? Disk;

    public void Place(VoterState state) => Disk = state;

    public void Start()
    {
        _voter = new RegisterVoter(Disk, faults);
        (_writes, _durable) = (0, 0);
    }

    public void Crash()
    {
        _run++;
        _voter = null;
        _held.Clear();
    }

    /// <summary>The disk is gone. What comes back is another voter (R9).</summary>
    public void Wipe(Guid newId)
    {
        if (!faults.HasFlag(RegisterFaults.WipedKeepsId))
        {
            oracle.OnGone(VoterId);
            VoterId = newId;
        }

        Disk = Fresh(VoterId);
    }

    public void On(RegisterRequest request, Action<RegisterAnswer> reply)
    {
        if (_voter is not { } voter) return;
        var step = voter.On(request);
        if (step.Write is { } state) Write(state);
        if (step.AfterWrite <= _durable) reply(step.Answer);
        else _held.Add((step.AfterWrite, step.Answer, reply));
    }

    private void Write(VoterState state)
    {
        var (number, run) = (++_writes, _run);
        _diskFree = Math.Max(_diskFree, world.Now) + world.Random.Next(0, world.Scenario.SyncMax + 1);
        world.After(_diskFree - world.Now, () =>
        {
            if (run != _run) return;
            (Disk, _durable) = (state, number);
            oracle.OnDurable(VoterId, state);
            var due = _held.Where(held => held.AfterWrite <= number).ToArray();
            _held.RemoveAll(held => held.AfterWrite <= number);
            foreach (var held in due) held.Reply(held.Answer);
        });
    }

    private static VoterState Fresh(Guid id) => new() { ClusterId = SimulatedDocument.Cluster, Lineage = 0, VoterId = id };
}
