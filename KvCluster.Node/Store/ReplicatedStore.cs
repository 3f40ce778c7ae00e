using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Core.Steps;
using KvCluster.Node.Replication;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Store;

/// <summary>The node's data as the front ends see it: every protocol talks to this type and to nothing below it.</summary>
/// <remarks>
/// A write travels through the core and comes back with its fate. A read does not: it takes its value from the applied state, and only
/// then looks whether this server is still main (docs/PROTOCOL.md, "Lease"), so that it costs no queue and no other thread.
/// </remarks>
public sealed class ReplicatedStore
{
    private volatile StoreBackend? _backend;

    /// <summary>Called once, when this server has been registered and its data is open.</summary>
    internal void Open(StoreBackend backend) => _backend = backend;
    internal void Close() => _backend = null;

    /// <summary>Executes a write; returns when its fate is known here, or unknown for good.</summary>
    /// <remarks>Giving up by <paramref name="cancellation"/> does not take the write back: what was sent is then unknown.</remarks>
    public ValueTask<WriteResult> WriteAsync(Command command, CancellationToken cancellation)
    {
        if (_backend is not { } backend) return Refused(Refusal.NotReady);
        if (backend.IsFailed()) return Refused(backend, command, Refusal.StorageFailed);
        if (!backend.Permit.IsServing) return Refused(backend, command, backend.IsMain() ? Refusal.NotReady : Refusal.NotMain);
        if (!backend.Executor.Slots.IsOwn(SlotHash.Of(command.Key.Span))) return Refused(backend, command, Refusal.SlotNotHere);
        cancellation.ThrowIfCancellationRequested();
        var (token, task) = backend.Waiting.Add(Operations.NameOf(command));
        if (!backend.Post(new WriteRequested(token, EntryKind.Command, CommandCodec.Encode(command)) { Trace = EntryTracing.Current })) backend.Waiting.Refuse(token, Refusal.NotReady);
        return task;
    }

    public ValueTask<ReadResult> ReadAsync(ReadOnlyMemory<byte> key, ReadConsistency consistency) => ReadAsync(key, SlotHash.Of(key.Span), consistency);

    /// <param name="slot">The key's.</param>
    public ValueTask<ReadResult> ReadAsync(ReadOnlyMemory<byte> key, Slot slot, ReadConsistency consistency)
    {
        if (_backend is not { } backend) return ValueTask.FromResult(new ReadResult(Refusal.NotReady, null, false, null));
        var began = backend.Waiting.Metrics?.Begin() ?? 0;
        var refusal = RefusalOf(backend, slot);
        if (refusal != Refusal.None) return Ended(backend, began, new ReadResult(refusal, null, false, null));
        var ticket = backend.Permit.Draw();
        StoredValue? value;
        try
        {
            value = backend.Executor.TryRead(backend.State, key.Span, slot);
        }
        catch (StorageException failure)
        {
            backend.OnStorageFailed(failure);
            return Ended(backend, began, new ReadResult(Refusal.StorageFailed, null, false, null));
        }

        if (backend.Permit.IsValid(ticket, MonotonicClock.Microseconds)) return Ended(backend, began, new ReadResult(Refusal.None, value, true, null));
        return consistency.Kind == ReadConsistencyKind.Linearizable
            ? ConfirmAsync(backend, ticket, value, began)
            : Ended(backend, began, AtReplica(ticket, value, consistency));
    }

    /// <summary>A linearizable read that needs no wait, of a value that is short enough for <paramref name="room"/>; costs no allocation.</summary>
    /// <returns>False: ask <see cref="ReadAsync(ReadOnlyMemory{byte}, Slot, ReadConsistency)"/>, which knows why or takes longer.</returns>
    public bool TryReadNow(ReadOnlySpan<byte> key, Slot slot, Span<byte> room, out ShortValue value)
    {
        value = default;
        if (_backend is not { } backend || RefusalOf(backend, slot) != Refusal.None) return false;
        var began = backend.Waiting.Metrics?.Begin() ?? 0;
        var ticket = backend.Permit.Draw();
        try
        {
            if (!backend.Executor.View.TryReadShort(backend.State, key, slot, room, out value)) return false;
        }
        catch (StorageException failure)
        {
            backend.OnStorageFailed(failure);
            return false;
        }

        if (!backend.Permit.IsValid(ticket, MonotonicClock.Microseconds)) return false;
        End(backend, Operations.Get, Refusal.None, began);
        return true;
    }

    private static ValueTask<ReadResult> Ended(StoreBackend backend, long began, ReadResult result)
    {
        End(backend, Operations.Get, result.Refusal, began);
        return ValueTask.FromResult(result);
    }

    /// <summary>Keys with <paramref name="prefix"/> that come after <paramref name="after"/>, in byte order.</summary>
    /// <param name="countMax">At most so many keys.</param>
    /// <param name="bytesMax">The page ends once its values reach this size.</param>
    /// <param name="withValues">False leaves <c>Bytes</c> empty.</param>
    public async ValueTask<ListResult> ListAsync(
        ReadOnlyMemory<byte> prefix,
        ReadOnlyMemory<byte> after,
        int countMax,
        int bytesMax,
        bool withValues,
        ReadConsistency consistency,
        CancellationToken cancellation)
    {
        if (_backend is not { } backend) return new ListResult(Refusal.NotReady, [], null, false, null);
        var began = backend.Waiting.Metrics?.Begin() ?? 0;
        var result = await TryListAsync(backend, prefix, after, countMax, bytesMax, withValues, consistency).ConfigureAwait(false);
        End(backend, Operations.List, result.Refusal, began);
        return result;
    }

    private static async ValueTask<ListResult> TryListAsync(
        StoreBackend backend, ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> after, int countMax, int bytesMax, bool withValues, ReadConsistency consistency)
    {
        try
        {
            return await ListAsync(backend, prefix, after, countMax, bytesMax, withValues, consistency).ConfigureAwait(false);
        }
        catch (StorageException failure)
        {
            backend.OnStorageFailed(failure);
            return new ListResult(Refusal.StorageFailed, [], null, false, null);
        }
    }

    private static async ValueTask<ListResult> ListAsync(
        StoreBackend backend, ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> after, int countMax, int bytesMax, bool withValues, ReadConsistency consistency)
    {
        if (backend.IsFailed()) return new ListResult(Refusal.StorageFailed, [], null, false, null);
        var ticket = backend.Permit.Draw();
        var (items, next) = backend.Executor.List(backend.State, prefix.Span, after.Span, countMax, bytesMax, withValues);
        if (backend.Permit.IsValid(ticket, MonotonicClock.Microseconds)) return new ListResult(Refusal.None, items, next, true, null);
        if (consistency.Kind != ReadConsistencyKind.Linearizable)
        {
            var read = AtReplica(ticket, null, consistency);
            return new ListResult(read.Refusal, items, next, false, read.StalenessMilliseconds);
        }

        var refusal = await ConfirmAsync(backend, ticket).ConfigureAwait(false);
        return refusal == Refusal.None ? new ListResult(Refusal.None, items, next, true, null) : new ListResult(refusal, [], null, false, null);
    }

    /// <summary>Whether this server is the slot's serving main as far as it knows.</summary>
    public bool IsServing(Slot slot) => _backend is { } backend && backend.Permit.IsServing && backend.Executor.Slots.IsOwn(slot);

    /// <summary>Whether this server is the serving main of its node as far as it knows.</summary>
    public bool IsServingMain => _backend is { } backend && backend.Permit.IsServing;

    /// <summary>Whether this server's node has the slot, whatever its role.</summary>
    public bool IsHere(Slot slot) => _backend is { } backend && backend.Executor.Slots.IsOwn(slot);

    /// <summary>Appends steps as one entry; slots are asked step by step when it is applied.</summary>
    /// <param name="payload">As a <see cref="StepWriter"/> made it; belongs to the log from now on.</param>
    /// <exception cref="ArgumentException">The payload cannot be read: it never enters the log.</exception>
    public ValueTask<WriteResult> WriteStepsAsync(byte[] payload)
    {
        StepPayload.Check(payload);
        if (_backend is not { } backend) return Refused(Refusal.NotReady);
        if (backend.IsFailed()) return Refused(Refusal.StorageFailed);
        if (!backend.Permit.IsServing) return Refused(backend.IsMain() ? Refusal.NotReady : Refusal.NotMain);
        var (token, task) = backend.Waiting.Add(Operations.Steps);
        if (!backend.Post(new WriteRequested(token, EntryKind.Command, payload))) backend.Waiting.Refuse(token, Refusal.NotReady);
        return task;
    }

    /// <summary>Answers steps that only read.</summary>
    /// <param name="count">How many steps: the replies of several belong to one moment.</param>
    public async ValueTask<(Refusal Refusal, IReadOnlyList<StepReply> Replies)> ReadStepsAsync(ReadOnlyMemory<byte> payload, int count, ReadConsistency consistency)
    {
        if (_backend is not { } backend) return (Refusal.NotReady, []);
        if (backend.IsFailed()) return (Refusal.StorageFailed, []);
        var began = backend.Waiting.Metrics?.Begin() ?? 0;
        var ticket = backend.Permit.Draw();
        IReadOnlyList<StepReply> replies;
        bool isOneMoment;
        try
        {
            isOneMoment = TryReadSteps(backend, payload, count, out replies);
        }
        catch (StorageException failure)
        {
            backend.OnStorageFailed(failure);
            return (Refusal.StorageFailed, []);
        }

        if (!isOneMoment && consistency.Kind == ReadConsistencyKind.Linearizable)
        {
            // The rows never stood still: an entry of the log sees one moment, whatever goes on around it.
            var result = await WriteStepsAsync(payload.ToArray()).ConfigureAwait(false);
            return (result.Refusal == Refusal.Unknown ? Refusal.NotReady : result.Refusal, result.Outcome.Replies ?? []);
        }

        var refusal = Refusal.None;
        if (consistency.Kind == ReadConsistencyKind.Linearizable && !backend.Permit.IsValid(ticket, MonotonicClock.Microseconds))
            refusal = await ConfirmAsync(backend, ticket).ConfigureAwait(false);
        End(backend, Operations.Get, refusal, began);
        return (refusal, replies);
    }

    /// <summary>Shows every key that readers see, in byte order, until the visitor has enough; values are not copied.</summary>
    /// <returns>Why this server cannot show its keys; what the visitor saw until then is not all there is.</returns>
    public Refusal VisitKeys(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, KeyVisitor visitor)
    {
        if (_backend is not { } backend) return Refusal.NotReady;
        if (backend.IsFailed()) return Refusal.StorageFailed;
        try
        {
            backend.Executor.View.Visit(backend.State, prefix, after, visitor);
            return Refusal.None;
        }
        catch (StorageException failure)
        {
            backend.OnStorageFailed(failure);
            return Refusal.StorageFailed;
        }
    }

    // Rows are read one after the other while entries are applied: replies of several steps belong together only if nothing was applied meanwhile.
    private static bool TryReadSteps(StoreBackend backend, ReadOnlyMemory<byte> payload, int count, out IReadOnlyList<StepReply> replies)
    {
        const int looksMax = 8;
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var looks = 1; ; looks++)
        {
            var stands = backend.Executor.TryBeginLook(out var look);
            replies = backend.Executor.ReadSteps(backend.State, payload, now);
            if (count == 1 || (stands && backend.Executor.IsStill(look))) return true;
            if (looks >= looksMax) return false;
        }
    }

    private static Refusal RefusalOf(StoreBackend backend, Slot slot) =>
        backend.IsFailed() ? Refusal.StorageFailed
        : backend.Executor.Slots.IsOwn(slot) ? Refusal.None
        : Refusal.SlotNotHere;

    private static ReadResult AtReplica(ReadTicket ticket, StoredValue? value, ReadConsistency consistency)
    {
        var staleness = ReadPermit.StalenessMilliseconds(ticket, MonotonicClock.Microseconds);
        var isTooStale = consistency.Kind == ReadConsistencyKind.Bounded && !(staleness <= consistency.BoundMilliseconds);
        return isTooStale ? new ReadResult(Refusal.TooStale, null, false, staleness) : new ReadResult(Refusal.None, value, false, staleness);
    }

    private static async ValueTask<ReadResult> ConfirmAsync(StoreBackend backend, ReadTicket ticket, StoredValue? value, long began)
    {
        var refusal = await ConfirmAsync(backend, ticket).ConfigureAwait(false);
        End(backend, Operations.Get, refusal, began);
        return refusal == Refusal.None ? new ReadResult(Refusal.None, value, true, null) : new ReadResult(refusal, null, false, null);
    }

    // The value is in hand; a beacon that is sent and acknowledged from now on proves that this server was main when it was taken.
    private static async ValueTask<Refusal> ConfirmAsync(StoreBackend backend, ReadTicket ticket)
    {
        var (token, task) = backend.Waiting.Add();
        if (!backend.Post(new ReadConfirmationRequested(token))) backend.Waiting.Refuse(token, Refusal.NotReady);
        var refusal = (await task.ConfigureAwait(false)).Refusal;
        return refusal == Refusal.None && !backend.Permit.IsSameReign(ticket) ? Refusal.NotReady : refusal;
    }

    private static ValueTask<WriteResult> Refused(Refusal refusal) => ValueTask.FromResult(WriteResult.Refused(refusal));

    private static ValueTask<WriteResult> Refused(StoreBackend backend, Command command, Refusal refusal)
    {
        if (backend.Waiting.Metrics is { } metrics) metrics.End(Operations.NameOf(command), Operations.OutcomeOf(refusal), metrics.Begin());
        return Refused(refusal);
    }

    private static void End(StoreBackend backend, string operation, Refusal refusal, long began) =>
        backend.Waiting.Metrics?.End(operation, Operations.OutcomeOf(refusal), began);
}
