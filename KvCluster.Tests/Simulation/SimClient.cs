using System.Globalization;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Linearizability;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// One caller of the client library: one call at a time, the same request id in every attempt, definite when it was refused, unknown
/// when an attempt got no answer and no later one was answered.
/// </summary>
internal sealed class SimClient
{
    private readonly SimWorld _world;
    private readonly int _number;
    private readonly SimRandom _random;
    private readonly ClientIds _ids;
    private readonly bool _sendsIds;
    private readonly IReadOnlyList<SimKey> _keys;
    private readonly Dictionary<string, (long Value, Revision Revision)> _seen = [];
    private readonly Dictionary<NodeId, Revision> _clocks = [];
    private ClusterTopology _map;
    private ClientCall? _call;

    public SimClient(SimWorld world, int number, IReadOnlyList<SimKey> keys)
    {
        (_world, _number, _keys, _map) = (world, number, keys, world.Master.Topology);
        _random = world.Random.Fork();
        _ids = new ClientIds(_random.NextUInt128());
        _sendsIds = !_random.Chance(world.Plan.NamelessClientsPerThousand);
    }

    public bool IsIdle => _call is null;
    public bool IsStopping { get; set; }

    public void Begin() => _world.Schedule(_random.Around(_world.Plan.ThinkMicroseconds), CallNext);

    /// <summary>One call outside the workload.</summary>
    public void Call(ClientCall call, Action onEnd)
    {
        _call = call;
        _onEnd = onEnd;
        StartAttempt(call);
    }

    private Action? _onEnd;
    private long Beacon => _world.Plan.Options.BeaconMicroseconds;
    private long AttemptMicroseconds => Beacon * _world.Plan.AttemptBeacons;
    private long BudgetMicroseconds => Beacon * 40;

    private void CallNext()
    {
        if (IsStopping) return;
        var key = _random.Pick(_keys);
        var call = _world.Workload.Draw(_random, key, _seen.TryGetValue(key.Name, out var seen) ? seen : null, () => ListableWith(key));
        Call(call, Begin);
    }

    private IReadOnlyList<SimKey> ListableWith(SimKey key) => [.. _keys.Where(other => other != key && other.Other is null && _map.OwnerOf(other.Slot)?.Id == _map.OwnerOf(key.Slot)?.Id)];

    private void StartAttempt(ClientCall call)
    {
        if (call.Attempts++ == 0)
        {
            if (!call.IsRead) Name(call);
            _world.Trace.Add(_world.Now, SimTraceWho.Client + _number, TraceKind.Called, (long)call.Kind, call.Argument, call.Key.Name);
        }

        var attempt = call.Attempts;
        if (Target(call) is not { } server)
        {
            Retry(call);
            return;
        }

        _world.Network.Send(Me, server.Number, NetworkChannel.Requests, () => Arrive(call, attempt, server));
        _world.Schedule(AttemptMicroseconds, () => OnTimeOut(call, attempt));
    }

    private int Me => SimTraceWho.Client + _number;

    private void Name(ClientCall call)
    {
        if (_sendsIds && !call.IsSteps) call.Id = _ids.Begin(NodeOf(call) is { } node && _clocks.TryGetValue(node.Id, out var clock) ? clock : Revision.None);
        call.Command = Workload.CommandOf(call, _seen.TryGetValue(call.Key.Name, out var seen) ? seen.Revision : Revision.None);
    }

    private NodeInfo? NodeOf(ClientCall call) => _map.OwnerOf(call.Key.Slot);

    private SimServer? Target(ClientCall call)
    {
        if (NodeOf(call) is not { } node) return null;
        var wanted = call.Consistency.IsLinearizable ? node.Main : node.ReplicaServer?.Id ?? node.Main;

        // Now and then whoever comes first, as a client with an old map would.
        if (_random.Chance(60)) wanted = _random.Pick(node.Servers).Id;
        if (_map.FindServer(wanted) is not { } info) return null;
        foreach (var server in _world.Servers)
            if (server.Disk.Store == info.StoreId) return server;
        return null;
    }

    private void Arrive(ClientCall call, int attempt, SimServer server)
    {
        if (server.Process is not { IsAlive: true } process)
        {
            Answer(server, () => OnUnreachable(call, attempt));
            return;
        }

        process.Run(() =>
        {
            if (call.IsRead) process.FrontEnd.Read(call.Key.Bytes, call.Listed, call.Consistency, reply => Answer(server, () => OnRead(call, attempt, reply)));
            else process.FrontEnd.Write(call.Command!, reply => Answer(server, () => OnWritten(call, attempt, reply)));
        });
    }

    private void Answer(SimServer server, Action deliver) => _world.Network.Send(server.Number, Me, NetworkChannel.Requests, deliver);

    // Only the present attempt is waited for: its connection is the only one still open.
    private static bool IsOld(ClientCall call, int attempt) => call.IsOver || call.Attempts != attempt;

    private void OnTimeOut(ClientCall call, int attempt)
    {
        if (IsOld(call, attempt)) return;
        call.IsInDoubt = true;
        Retry(call);
    }

    private void OnUnreachable(ClientCall call, int attempt)
    {
        if (!IsOld(call, attempt)) Retry(call);
    }

    private void OnRead(ClientCall call, int attempt, ReadReply reply)
    {
        if (IsOld(call, attempt)) return;
        if (reply.Refusal != Refusal.None)
        {
            Retry(call);
            return;
        }

        if (call.Key.Other is not null)
        {
            if (reply.Value is { } first) Observe(call, Workload.NumberOf(first.Bytes), first.Revision);
            var pair = Workload.PairOf(reply.Value, reply.Listed[0]);
            End(call, pair.Exists ? ResultCode.Found : ResultCode.Absent, pair);
            return;
        }

        foreach (var (listed, found) in call.Listed.Zip(reply.Listed))
            _world.History.Add(call.ToRead(listed, _number, _world.Now, found is null ? null : Workload.StateOf(listed, found)));
        if (call.Listed.Count > 0) _world.Sightings.Note(Sighting.KeysListed);
        if (reply.Value is { } value)
        {
            var state = Workload.StateOf(call.Key, value);
            Observe(call, state.First, value.Revision);
            End(call, ResultCode.Found, state);
        }
        else End(call, ResultCode.Absent, default);
    }

    private void OnWritten(ClientCall call, int attempt, WriteReply reply)
    {
        if (IsOld(call, attempt)) return;
        if (reply.Refusal == Refusal.ReplicaUnavailable) _world.Sightings.Note(Sighting.StrictWriteRefused);
        if (reply.Refusal == Refusal.Overloaded) _world.Sightings.Note(Sighting.OverloadedWriteRefused);
        if (reply.Refusal != Refusal.None)
        {
            call.IsInDoubt |= reply.Refusal == Refusal.Unknown;
            Retry(call);
            return;
        }

        if (call.IsInDoubt) _world.Sightings.Note(Sighting.WriteInDoubtResolvedByRetry);
        OnOutcome(call, reply.Outcome);
    }

    private void OnOutcome(ClientCall call, Outcome outcome)
    {
        switch (outcome.Code)
        {
            case OutcomeCode.SlotMoved:
                Retry(call);
                break;
            case OutcomeCode.DedupExpired or OutcomeCode.StampInFuture when call.IsInDoubt:
                End(call, ResultCode.Unknown, default);
                break;
            case OutcomeCode.DedupExpired or OutcomeCode.StampInFuture:
                // Nothing is in doubt, so a new id is as good as the old one.
                if (NodeOf(call) is { } node) _clocks[node.Id] = Revision.Max(_clocks.GetValueOrDefault(node.Id), _world.NewestRevisionOf(node.Id));
                Name(call);
                Retry(call);
                break;
            case var _ when outcome.Replies is { } replies:
                OnSteps(call, outcome.Revision, replies);
                break;
            default:
                if (outcome.HasEffect && call.Kind is OperationKind.Put or OperationKind.PutFirst) Observe(call, call.Argument, outcome.Revision);
                if (outcome.HasEffect && call.Kind == OperationKind.ChangeLifetime) _world.Sightings.Note(Sighting.LifetimeChanged);
                if (call.IsSteps) _world.Sightings.Note(Sighting.BatchGuardRefused);
                End(call, CodeOf(outcome.Code), KeyContent.Of(outcome.Number));
                break;
        }
    }

    private void OnSteps(ClientCall call, Revision revision, IReadOnlyList<StepReply> replies)
    {
        if (replies[^1].Fault == StepFault.SlotMoved)
        {
            Retry(call);
            return;
        }

        switch (call.Kind)
        {
            case OperationKind.PutBoth:
                _world.Sightings.Note(Sighting.BatchAnswered);
                Observe(call, call.Argument, revision);
                End(call, ResultCode.Updated, KeyContent.OfHalves(OldValueOf(replies[^2]), OldValueOf(replies[^1])));
                break;
            case OperationKind.DeleteBoth:
                End(call, ResultCode.Updated, KeyContent.OfHalves(replies[0].Number, replies[1].Number));
                break;
            case OperationKind.ChangeLifetime or OperationKind.Persist:
                if (replies[0].Number == 1) _world.Sightings.Note(call.Kind == OperationKind.Persist ? Sighting.LifetimeTaken : Sighting.LifetimeChanged);
                End(call, replies[0].Number == 1 ? ResultCode.Updated : ResultCode.Absent, default);
                break;
            default:
                OnIncremented(call, replies);
                break;
        }
    }

    private static long OldValueOf(in StepReply reply) => reply.Kind == StepReplyKind.Nil ? 0 : Workload.NumberOf(reply.Bytes);

    // Counters only grow: the increment that says what it added made the key.
    private void OnIncremented(ClientCall call, IReadOnlyList<StepReply> replies)
    {
        if (Encoding.ASCII.GetString(replies[1].Bytes.Span) != replies[0].Number.ToString(CultureInfo.InvariantCulture))
            throw new InvariantViolation("steps", $"{call.Key.Name}: the second step of an entry does not see what the first did.");
        _world.Sightings.Note(Sighting.StepsAnswered);
        End(call, replies[0].Number == call.Argument ? ResultCode.Created : ResultCode.Updated, KeyContent.Of(replies[0].Number));
    }

    private static ResultCode CodeOf(OutcomeCode code) => code switch
    {
        OutcomeCode.Created => ResultCode.Created,
        OutcomeCode.Updated => ResultCode.Updated,
        OutcomeCode.Deleted => ResultCode.Deleted,
        OutcomeCode.Absent => ResultCode.Absent,
        OutcomeCode.PreconditionFailed => ResultCode.PreconditionFailed,
        _ => throw new InvariantViolation("outcome", $"The workload cannot lead to {code}."),
    };

    private void Observe(ClientCall call, long value, Revision revision)
    {
        if (call.Key.Kind is KeyKind.Register or KeyKind.Pair) _seen[call.Key.Name] = (value, revision);
        if (NodeOf(call) is { } node) _clocks[node.Id] = Revision.Max(_clocks.GetValueOrDefault(node.Id), revision);
    }

    private void Retry(ClientCall call)
    {
        var isOver = _world.Now - call.InvokedAt > BudgetMicroseconds || (call.IsInDoubt && !call.IsRead && call.Id.IsNone);
        if (isOver)
        {
            End(call, ResultCode.Unknown, default);
            return;
        }

        call.Attempts++;
        RefreshMap();
        _world.Schedule(_random.Around(Beacon / 2), () =>
        {
            if (!call.IsOver) StartAttempt(call);
        });
    }

    private void RefreshMap()
    {
        var server = _random.Pick(_world.Servers);
        _world.Network.Send(Me, server.Number, NetworkChannel.Requests, () => server.Process?.Run(() =>
        {
            if (server.Process.Topology is { } topology) Answer(server, () => _map = topology.Version > _map.Version ? topology : _map);
        }));
    }

    private void End(ClientCall call, ResultCode code, KeyContent seen)
    {
        call.IsOver = true;
        _call = null;
        _world.Trace.Add(_world.Now, Me, TraceKind.Returned, (long)code, seen.First, call.Key.Name);

        // A write that was refused every time never happened: nobody may ever see it.
        var neverHappened = code == ResultCode.Unknown && !call.IsInDoubt;
        if (!neverHappened && call.Consistency.IsLinearizable) _world.History.Add(call.ToOperation(_number, _world.Now, code, seen));
        if (!neverHappened && call.Lifetime != 0 && code is not (ResultCode.Absent or ResultCode.PreconditionFailed)) _world.History.Add(_world.ExpiryOf(call));
        if (!neverHappened && code == ResultCode.Unknown && call.Kind == OperationKind.PutBoth) _world.Sightings.Note(Sighting.BatchInDoubt);
        _onEnd!();
    }
}
