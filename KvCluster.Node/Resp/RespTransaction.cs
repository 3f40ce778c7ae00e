using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Core.Steps;
using KvCluster.Node.Store;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Resp;

/// <summary>What stands between MULTI and EXEC: at EXEC all of it becomes one entry of the log, with the watched revisions as guards in front.</summary>
/// <remarks>
/// All keys are of one slot. Both servers carry the entry out by themselves, reads included, so every reply belongs to the one moment
/// of the entry, and nothing is done when a watched key has another revision than when WATCH looked.
/// </remarks>
internal sealed class RespTransaction
{
    private readonly StepWriter _steps = new();
    private readonly List<QueuedCommand> _queue = [];
    private readonly Dictionary<string, ulong> _watched = new(StringComparer.Ordinal);
    private Slot? _slot;
    private int _watchedBytes;
    private int _requestBytes;

    public bool IsOpen { get; private set; }

    /// <summary>A command could not be queued: EXEC will refuse.</summary>
    public bool IsBroken { get; set; }
    public int Count => _queue.Count;

    public void Open() => IsOpen = true;

    public void Reset()
    {
        _steps.Clear();
        _queue.Clear();
        (_slot, IsOpen, IsBroken, _requestBytes) = (null, false, false, 0);
        Forget();
    }

    public void Forget()
    {
        _watched.Clear();
        _watchedBytes = 0;
    }

    /// <returns>Nothing when it was queued, else the error.</returns>
    public string? TryQueue(RespSession session, RespCommand command, RespParser request)
    {
        if (_queue.Count >= RespLimits.TransactionCommandsMax) return "ERR Too many commands in the transaction";
        if (command.IsOnKeyspace) return RespErrors.NotInTransaction;
        if (command.Plan is null)
        {
            if (_requestBytes + request.Consumed > RespLimits.TransactionRequestBytesMax) return "ERR Too many bytes in the transaction";
            _requestBytes += request.Consumed;
            _queue.Add(new QueuedCommand(default, null, command, Copy(request)));
            return null;
        }

        if (session.TrySlot(command, request, out var slot) is { } mistake) return mistake;
        if (_slot is { } first && first != slot) return RespErrors.CrossSlot;
        if (session.Server.Router.Check(slot, false) is { } elsewhere) return elsewhere;

        // The guards take their place beside the steps.
        var stepCount = command.StepsOf(request.Count) + _watched.Count;
        if (_steps.Count + stepCount > CommandLimits.StepsMax) return RespErrors.TooManyKeys;
        if (!_steps.HasRoom(request.Consumed + _watchedBytes, stepCount)) return RespErrors.TooLong;
        _slot = slot;
        var plan = command.Plan(request, _steps);
        _queue.Add(new QueuedCommand(new PendingReply(plan.Shape, plan.Steps, slot), plan.Error, null, null));
        return null;
    }

    /// <returns>Nothing when the key is watched now, else the error.</returns>
    public async ValueTask<string?> TryWatchAsync(RespSession session, ReadOnlyMemory<byte> key)
    {
        var slot = SlotHash.Of(key.Span);
        if (key.Length is 0 or > CommandLimits.KeyBytesMax) return RespErrors.KeyLength;
        if (session.Server.Router.Check(slot, false) is { } elsewhere) return elsewhere;
        if (_watched.Count >= RespLimits.WatchesMax) return "ERR Too many watched keys";
        var name = Encoding.Latin1.GetString(key.Span);
        var read = await session.Server.Store.ReadAsync(key, ReadConsistency.Linearizable);
        if (read.Refusal != Refusal.None) return session.Server.Router.Of(read.Refusal, slot);
        if (_watched.TryAdd(name, (read.Value?.Revision ?? Revision.None).Value)) _watchedBytes += key.Length;
        return null;
    }

    public async ValueTask ExecuteAsync(RespSession session)
    {
        var writer = session.Writer;
        var steps = new StepWriter();
        foreach (var (key, revision) in _watched) steps.Add(StepOperation.Watch, Encoding.Latin1.GetBytes(key), (long)revision);
        var at = steps.Count;
        steps.Append(_steps);
        IReadOnlyList<StepReply> replies = [];
        if (steps.Count > 0)
        {
            var result = await session.WriteAsync(steps);
            if (result.Refusal != Refusal.None)
            {
                writer.Error(session.Server.Router.Of(result.Refusal, _slot ?? default));
                return;
            }

            if (result.Outcome.Code == OutcomeCode.PreconditionFailed)
            {
                writer.NilArray();
                return;
            }

            replies = result.Outcome.Replies!;
        }

        writer.Array(_queue.Count);
        foreach (var queued in _queue)
        {
            if (queued.Error is { } error) writer.Error(error);
            else if (queued.Command is { } command) await AnswerAsync(session, command, queued.Request!);
            else session.WriteReplies(queued.Pending, replies, ref at);
        }
    }

    private static async ValueTask AnswerAsync(RespSession session, RespCommand command, byte[] request)
    {
        var parser = new RespParser();
        parser.Read(request);
        await command.Answer!(session, parser);
    }

    // The request's bytes are gone when EXEC comes.
    private static byte[] Copy(RespParser request)
    {
        var bytes = new List<byte>(Encoding.ASCII.GetBytes($"*{request.Count}\r\n"));
        for (var i = 0; i < request.Count; i++)
        {
            bytes.AddRange(Encoding.ASCII.GetBytes($"${request[i].Length}\r\n"));
            bytes.AddRange(request[i]);
            bytes.AddRange("\r\n"u8);
        }

        return [.. bytes];
    }
}
