using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Core.Steps;
using KvCluster.Node.Store;
using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Resp;

/// <summary>What a client is in the middle of, and the way of its requests to the store.</summary>
/// <remarks>
/// Writes that came in one go are collected and become one entry of the log: a pipeline costs one round of replication. A read behind a
/// write joins it, so that it sees it; a read by itself is answered from the applied state. Anything else waits for the batch, so the
/// answers keep the order of the requests.
/// </remarks>
internal sealed class RespSession(RespServer server, RespWriter writer, long id, EndPoint? remote, EndPoint? local)
{
    // A value whose row is no longer is answered without an allocation.
    private const int ShortRowBytes = 512;
    private readonly StepWriter _batch = new();
    private readonly StepWriter _reads = new();
    private readonly List<PendingReply> _pending = [];

    public long Id => id;
    public RespServer Server => server;
    public RespWriter Writer => writer;
    public RespTransaction Transaction { get; } = new();
    public RespSubscriptions Subscriptions { get; } = new();
    public required Action Wake { get; init; }
    public required Action Abort { get; init; }
    public EndPoint? Remote => remote;
    public EndPoint? Local => local;
    public DateTime Since { get; } = DateTime.UtcNow;
    public string Name { get; set; } = "";
    public string LibraryName { get; set; } = "";
    public string LibraryVersion { get; set; } = "";
    public string LastCommand { get; private set; } = "";

    /// <summary>Milliseconds of the system's clock when the client was heard last.</summary>
    public long LastSeen { get; set; } = Environment.TickCount64;

    /// <summary>Bytes of a request that is not complete.</summary>
    public Func<int> Unread { get; init; } = () => 0;
    public System.Net.Sockets.Socket? Socket { get; init; }
    public bool IsReplicaWelcome { get; set; }

    /// <summary>Copies that the last acknowledged write of this connection had when it was acknowledged; none without one.</summary>
    public int? LastCopies { get; private set; }

    /// <summary>No further request is taken; what is written is still sent.</summary>
    public bool IsClosing { get; set; }

    /// <summary>READONLY asks for what a replica has. A main has more, and its reads stay linearizable.</summary>
    public ReadConsistency Consistency => IsReplicaWelcome && !server.Store.IsServingMain ? ReadConsistency.Replica : ReadConsistency.Linearizable;

    public ValueTask HandleAsync(RespParser request)
    {
        if (!RespCommands.TryFind(request[0], out var command)) return RefuseAsync(Unknown(request));
        LastCommand = command.Name;
        server.Counts.Called(command);
        if (!command.Accepts(request.Count)) return RefuseAsync(RespErrors.Arity(command.Name));
        if (command.Plan is null && RespSubcommands.MistakeOf(command.Name, request) is { } mistake) return RefuseAsync(mistake);
        if (Subscriptions.Count > 0 && writer.Protocol == 2 && !command.IsForSubscribers)
            return RefuseAsync($"ERR Can't execute '{command.Name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context");
        if (Transaction.IsOpen && !command.IsImmediate) return QueueAsync(command, request);
        return command.Plan is null ? AnswerAsync(command, request) : PlanAsync(command, request);
    }

    /// <summary>Sends the collected writes and writes their answers.</summary>
    public ValueTask FlushAsync() => _batch.Count == 0 ? default : FlushNowAsync();

    /// <summary>The bytes make no sense any more.</summary>
    public async ValueTask BreakAsync(string fault)
    {
        await FlushAsync();
        writer.Error(fault);
        IsClosing = true;
    }

    /// <summary>Appends steps of a transaction; the answer is its own.</summary>
    public async ValueTask<WriteResult> WriteAsync(StepWriter steps)
    {
        var result = await server.Store.WriteStepsAsync(steps.ToPayload());
        if (result.Refusal == Refusal.None) LastCopies = result.Copies;
        return result;
    }

    public void WriteReplies(in PendingReply pending, IReadOnlyList<StepReply> replies, ref int at)
    {
        var first = at;
        at += pending.Steps;
        switch (pending.Shape)
        {
            case ReplyShape.Single: writer.Reply(replies[first]); break;
            case ReplyShape.Array:
                if (TryFault(replies, first, at)) break;
                writer.Array(pending.Steps);
                for (var i = first; i < at; i++) writer.Reply(replies[i]);
                break;
            default: WriteJoined(pending.Shape, replies, first, at); break;
        }
    }

    public bool Push(RespPush push)
    {
        if (!Subscriptions.TryPush(push))
        {
            Abort();
            return false;
        }

        Wake();
        return true;
    }

    public void WritePushes()
    {
        while (Subscriptions.TryTake(out var push))
        {
            writer.Push(push.Pattern is null ? 3 : 4);
            writer.Bulk(push.Kind);
            if (push.Pattern is { } pattern) writer.Bulk(pattern);
            writer.Bulk(push.Channel);
            writer.Bulk(push.Message);
        }
    }

    /// <summary>The connection is over.</summary>
    public void Leave() => Subscriptions.Clear(this);

    /// <summary>Checks the keys that the request names: their lengths, that they share one slot, that the values are not too large.</summary>
    /// <returns>Nothing when they can be used, else the error.</returns>
    public string? TrySlot(RespCommand command, RespParser request, out Slot slot)
    {
        slot = default;
        var last = command.LastKey < 0 ? request.Count + command.LastKey : command.LastKey;
        for (var i = command.FirstKey; i <= last; i += command.KeyStep)
        {
            if (request[i].Length is 0 or > Core.Commands.CommandLimits.KeyBytesMax) return RespErrors.KeyLength;
            var its = SlotHash.Of(request[i]);
            if (i > command.FirstKey && its != slot) return RespErrors.CrossSlot;
            slot = its;
        }

        if (command.Kind == RespCommandKind.Write && request.Consumed > server.Options.ValueBytesMax)
            for (var i = 1; i < request.Count; i++)
                if (request[i].Length > server.Options.ValueBytesMax) return RespErrors.TooLong;
        return null;
    }

    private ValueTask AnswerAsync(RespCommand command, RespParser request) =>
        _batch.Count == 0 && !command.IsLong ? command.Answer!(this, request) : AnswerLaterAsync(command, request);

    private async ValueTask AnswerLaterAsync(RespCommand command, RespParser request)
    {
        if (_batch.Count > 0) await FlushNowAsync();

        // The thread that waits for all sockets is not theirs.
        if (command.IsLong) await Task.Yield();
        await command.Answer!(this, request);
    }

    private ValueTask PlanAsync(RespCommand command, RespParser request)
    {
        if (TrySlot(command, request, out var slot) is { } mistake) return RefuseAsync(mistake);
        var isRead = command.Kind == RespCommandKind.Read;
        if (server.Router.Check(slot, isRead && IsReplicaWelcome) is { } elsewhere) return RefuseAsync(elsewhere);
        if (command.StepsOf(request.Count) > Core.Commands.CommandLimits.StepsMax) return RefuseAsync(RespErrors.TooManyKeys);
        if (isRead && _batch.Count == 0) return ReferenceEquals(command, RespCommands.Get) ? GetAsync(request, slot) : ReadAsync(command, request, slot);
        return _batch.HasRoom(request.Consumed, command.StepsOf(request.Count)) ? Collect(command, request, slot) : CollectLaterAsync(command, request, slot);
    }

    private ValueTask Collect(RespCommand command, RespParser request, Slot slot)
    {
        var plan = command.Plan!(request, _batch);
        if (plan.Error is { } error) return RefuseAsync(error);
        _pending.Add(new PendingReply(plan.Shape, plan.Steps, slot));
        return _batch.Bytes >= RespLimits.BatchBytes || _pending.Count >= RespLimits.BatchRequests || _batch.Heavy >= RespLimits.BatchHeavySteps ? FlushNowAsync() : default;
    }

    private async ValueTask CollectLaterAsync(RespCommand command, RespParser request, Slot slot)
    {
        await FlushAsync();
        if (_batch.HasRoom(request.Consumed, command.StepsOf(request.Count))) await Collect(command, request, slot);
        else writer.Error(RespErrors.TooLong);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask FlushNowAsync()
    {
        var payload = _batch.ToPayload();
        _batch.Clear();
        var result = await server.Store.WriteStepsAsync(payload);
        if (result.Refusal == Refusal.None)
        {
            LastCopies = result.Copies;
            var at = 0;
            foreach (var pending in _pending) WriteReplies(pending, result.Outcome.Replies!, ref at);
        }
        else
        {
            foreach (var pending in _pending) writer.Error(server.Router.Of(result.Refusal, pending.Slot));
        }

        _pending.Clear();
    }

    private ValueTask GetAsync(RespParser request, Slot slot)
    {
        Span<byte> room = stackalloc byte[ShortRowBytes];
        if (server.Store.TryReadNow(request[1], slot, room, out var value))
        {
            if (value.IsThere) WriteValue(value.ContentType.SequenceEqual(HashBody.ContentType), value.Bytes);
            else writer.Nil();
            return default;
        }

        var reading = server.Store.ReadAsync(request.Memory(1), slot, Consistency);
        if (!reading.IsCompletedSuccessfully) return GetLaterAsync(reading, slot);
        WriteValue(reading.Result, slot);
        return default;
    }

    private async ValueTask GetLaterAsync(ValueTask<ReadResult> reading, Slot slot) => WriteValue(await reading, slot);

    private void WriteValue(in ReadResult result, Slot slot)
    {
        if (result.Refusal != Refusal.None) writer.Error(server.Router.Of(result.Refusal, slot));
        else if (result.Value is not { } value) writer.Nil();
        else WriteValue(value.ContentType == HashBody.ContentTypeName, value.Bytes.Span);
    }

    private void WriteValue(bool isHash, ReadOnlySpan<byte> bytes)
    {
        if (isHash) writer.Error(RespErrors.Of(StepFault.WrongType));
        else writer.Bulk(bytes);
    }

    private async ValueTask ReadAsync(RespCommand command, RespParser request, Slot slot)
    {
        _reads.Clear();
        if (!_reads.HasRoom(request.Consumed, command.StepsOf(request.Count)))
        {
            writer.Error(RespErrors.TooLong);
            return;
        }

        var plan = command.Plan!(request, _reads);
        if (plan.Error is { } error)
        {
            writer.Error(error);
            return;
        }

        var (refusal, replies) = await server.Store.ReadStepsAsync(_reads.Payload, plan.Steps, Consistency);
        var at = 0;
        if (refusal != Refusal.None) writer.Error(server.Router.Of(refusal, slot));
        else WriteReplies(new PendingReply(plan.Shape, plan.Steps, slot), replies, ref at);
    }

    private ValueTask QueueAsync(RespCommand command, RespParser request)
    {
        if (Transaction.TryQueue(this, command, request) is { } error)
        {
            Transaction.IsBroken = true;
            writer.Error(error);
        }
        else
        {
            writer.Word("QUEUED"u8);
        }

        return default;
    }

    private async ValueTask RefuseAsync(string error)
    {
        await FlushAsync();
        if (Transaction.IsOpen) Transaction.IsBroken = true;
        writer.Error(error);
    }

    private void WriteJoined(ReplyShape shape, IReadOnlyList<StepReply> replies, int first, int until)
    {
        if (TryFault(replies, first, until)) return;
        var sum = 0L;
        for (var i = first; i < until; i++) sum += replies[i].Number;
        if (shape == ReplyShape.Sum) writer.Number(sum);
        else writer.Ok();
    }

    // What one of a command's steps could not do, the command could not.
    private bool TryFault(IReadOnlyList<StepReply> replies, int first, int until)
    {
        for (var i = first; i < until; i++)
        {
            if (replies[i].Kind != StepReplyKind.Fault) continue;
            writer.Reply(replies[i]);
            return true;
        }

        return false;
    }

    private static string Unknown(RespParser request)
    {
        var text = new StringBuilder($"ERR unknown command '{RespErrors.Shortened(RespText.Of(request[0]))}', with args beginning with: ");
        for (var i = 1; i < request.Count && text.Length < 128; i++) text.Append('\'').Append(RespErrors.Shortened(RespText.Of(request[i]))).Append("' ");
        return text.ToString();
    }
}
