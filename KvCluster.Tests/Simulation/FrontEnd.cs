using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Core.Steps;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// The server's side of the clients: lets writes in, takes a value first and looks at the lease after it, confirms a doubtful read. The
/// same steps as <c>ReplicatedStore</c>, with time between any two of them.
/// </summary>
internal sealed class FrontEnd(SimProcess process)
{
    private readonly SimWorld _world = process.World;
    private readonly Dictionary<long, Action<LogIndex, WriteReply>> _waiting = [];
    private long _token;

    public void Write(Command command, Action<WriteReply> reply)
    {
        if (RefusalOfWrite(command) is var refusal and not Refusal.None)
        {
            reply(new WriteReply(refusal, default, 0));
            return;
        }

        if (_world.Has(PlantedBugs.StepsAsSeveralEntries) && command is StepsCommand { Steps.Span: [not 1, ..] } steps)
        {
            WriteOneByOne(OneByOne(steps), [], reply);
            return;
        }

        var token = ++_token;
        _waiting[token] = (index, answer) =>
        {
            if (answer.Refusal == Refusal.None) process.Server.Node.Oracle.OnAcknowledged(process, index, answer.Copies);
            reply(answer);
        };
        process.Core!.Post(new WriteRequested(token, EntryKind.Command, CommandCodec.Encode(command)));
    }

    private void WriteOneByOne(Queue<StepsCommand> left, List<StepReply> replies, Action<WriteReply> reply) => Write(left.Dequeue(), answer =>
    {
        replies.AddRange(answer.Outcome.Replies ?? []);
        if (left.Count > 0 && answer.Outcome.Replies is not null) WriteOneByOne(left, replies, reply);
        else reply(answer.Outcome.Replies is null ? answer : answer with { Outcome = answer.Outcome with { Replies = replies } });
    });

    private static Queue<StepsCommand> OneByOne(StepsCommand steps)
    {
        var single = new Queue<StepsCommand>();
        var reader = new PayloadReader(steps.Steps.Span);
        for (var left = reader.UInt16(); left > 0; left--)
        {
            var begin = reader.Position;
            var step = new StepView(ref reader);
            single.Enqueue(new StepsCommand { Key = step.Key.ToArray(), Steps = (byte[])[1, 0, .. steps.Steps.Span[begin..reader.Position]] });
        }

        return single;
    }

    private Refusal RefusalOfWrite(Command command) =>
        process.HasFailed ? Refusal.StorageFailed
        : process.Core is not { } core ? Refusal.NotReady
        : !core.Permit.IsServing ? core.Core.Role is ReplicaRole.Main or ReplicaRole.Reconciling ? Refusal.NotReady : Refusal.NotMain
        : !process.Executor.Slots.IsOwn(SlotHash.Of(command.Key.Span)) ? Refusal.SlotNotHere
        : Refusal.None;

    public void Read(byte[] key, IReadOnlyList<SimKey> listed, SimConsistency consistency, Action<ReadReply> reply)
    {
        var refusal = process.HasFailed ? Refusal.StorageFailed
            : process.Core is null ? Refusal.NotReady
            : process.Executor.Slots.IsOwn(SlotHash.Of(key)) && listed.All(other => process.Executor.Slots.IsOwn(other.Slot)) ? Refusal.None : Refusal.SlotNotHere;
        if (refusal != Refusal.None)
        {
            reply(ReadReply.Refused(refusal));
            return;
        }

        // The ticket first, then the value, then the clock: docs/PROTOCOL.md, "Lease".
        var ticket = process.Core!.Permit.Draw();
        var taken = new Taken(ticket, process.Executor.TryRead(process.Disk.Rows, key), process.Disk.Applied, process.Server.Node.Oracle.Acknowledged)
        {
            Listed = [.. listed.Select(other => process.Executor.TryRead(process.Disk.Rows, other.Bytes))],
        };

        if (_world.Has(PlantedBugs.ExpiryByLocalClock) && taken.Value?.ExpiresAt <= process.Now.WallMilliseconds) taken = taken with { Value = null };

        // A thread may lose the processor between taking the value and looking at the lease.
        if (_world.IsPreempted) process.Schedule(_world.Random.Around(_world.Plan.Options.GraceMicroseconds), () => Finish(taken, consistency, reply));
        else Finish(taken, consistency, reply);
    }

    private void Finish(Taken taken, SimConsistency consistency, Action<ReadReply> reply)
    {
        var core = process.Core!;
        if (_world.Has(PlantedBugs.ReadIgnoresReign)) taken = taken with { Ticket = core.Permit.Draw() };
        if (process.HasFailed) reply(ReadReply.Refused(Refusal.StorageFailed));
        else if (core.Permit.IsValid(taken.Ticket, process.Now.Microseconds)) AnswerFromMain(taken, reply);
        else if (consistency.IsLinearizable && taken.Ticket.Reign != 0) ConfirmDoubtful(taken, reply);
        else if (consistency.IsLinearizable) Confirm(taken, reply);
        else AnswerFromReplica(taken, consistency, reply);
    }

    private void ConfirmDoubtful(Taken taken, Action<ReadReply> reply)
    {
        _world.Sightings.Note(Sighting.LeaseRanOutWhileMain);
        Confirm(taken, reply);
    }

    private void Confirm(Taken taken, Action<ReadReply> reply)
    {
        var token = ++_token;
        _waiting[token] = (_, answer) =>
        {
            if (answer.Refusal == Refusal.LeaseLost) _world.Sightings.Note(Sighting.ReadRefusedWithoutLease);
            if (answer.Refusal != Refusal.None || !process.Core!.Permit.IsSameReign(taken.Ticket))
            {
                reply(ReadReply.Refused(answer.Refusal == Refusal.None ? Refusal.NotReady : answer.Refusal));
                return;
            }

            _world.Sightings.Note(Sighting.ReadConfirmedByBeacon);
            AnswerFromMain(taken, reply);
        };
        process.Core!.Post(new ReadConfirmationRequested(token));
    }

    private void AnswerFromMain(Taken taken, Action<ReadReply> reply)
    {
        process.Server.Node.Oracle.OnRead(process, taken.Applied.Index, taken.Acknowledged);
        reply(new ReadReply(Refusal.None, taken.Value, true, taken.Listed));
    }

    private void AnswerFromReplica(Taken taken, SimConsistency consistency, Action<ReadReply> reply)
    {
        var staleness = ReadPermit.StalenessMilliseconds(taken.Ticket, process.Now.Microseconds);
        if (consistency.BoundMilliseconds is { } bound)
        {
            var isMet = staleness <= bound;
            _world.Sightings.Note(isMet ? Sighting.BoundedReadServed : Sighting.BoundedReadRefused);
            if (!isMet)
            {
                reply(ReadReply.Refused(Refusal.TooStale));
                return;
            }
        }

        if (staleness is not null) process.Server.Node.Oracle.OnReplicaRead(process, taken.Applied, taken.Ticket.FreshAsOf);
        reply(new ReadReply(Refusal.None, taken.Value, false, taken.Listed));
    }

    public void HandOver(bool isLeaving)
    {
        if (process.Core is not { } core) return;
        var token = ++_token;
        _waiting[token] = (_, answer) => { if (answer.Refusal == Refusal.None) _world.Sightings.Note(Sighting.HandOverDone); };
        core.Post(new HandOverRequested(token, isLeaving));
    }

    public void OnApplied(long token, LogIndex index, Outcome outcome, int copies) => Take(token)?.Invoke(index, new WriteReply(Refusal.None, outcome, copies));

    public void OnRefused(long token, Refusal refusal) => Take(token)?.Invoke(default, new WriteReply(refusal, default, 0));

    /// <summary>The storage failed: nobody can say any more what becomes of what is under way.</summary>
    public void AbandonAll()
    {
        foreach (var token in _waiting.Keys.Order().ToArray()) OnRefused(token, Refusal.Unknown);
    }

    public int WaitingCount => _waiting.Count;
    public void OnDied() => _waiting.Clear();

    private Action<LogIndex, WriteReply>? Take(long token) => _waiting.Remove(token, out var waiting) ? waiting : null;

    /// <param name="Acknowledged">The newest entry that any client had been told of when the value was taken.</param>
    private readonly record struct Taken(ReadTicket Ticket, StoredValue? Value, LogPosition Applied, LogIndex Acknowledged)
    {
        /// <summary>The other keys of a listing, taken with the value.</summary>
        public required IReadOnlyList<StoredValue?> Listed { get; init; }
    }
}
