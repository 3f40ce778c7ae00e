using KvCluster.Core.Commands;
using KvCluster.Core.State;

namespace KvCluster.Core.Steps;

/// <summary>Steps on values that are hashes.</summary>
internal sealed class HashSteps(RowWriter writer)
{
    // What an item of an answer costs besides its bytes.
    private const int ReplyBytes = 16;

    public StepReply Execute(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        // Bytes under the content type of hashes that are none may be in logs: they are a value of another type, like any.
        if (found.IsVisible && !(found.IsHash && HashBody.IsWellFormed(found.Bytes.Span))) return StepReply.Of(StepFault.WrongType);
        return step.Operation switch
        {
            StepOperation.HashSet or StepOperation.HashSetAbsent => Set(step, state, found),
            StepOperation.HashGet => Get(found, step.Argument),
            StepOperation.HashGetMany => GetMany(step, state, found),
            StepOperation.HashGetAll => GetAll(step, state, found),
            StepOperation.HashDelete => Delete(step, state, found),
            StepOperation.HashExists => StepReply.Of(HashBody.TryFind(found.Bytes.Span, step.Argument, out _, out _)),
            StepOperation.HashCount => StepReply.Of(HashBody.Count(found.Bytes.Span)),
            StepOperation.HashLength => StepReply.Of(HashBody.TryFind(found.Bytes.Span, step.Argument, out var value, out _) ? value.End.Value - value.Start.Value : 0),
            StepOperation.HashIncrement => Increment(step, state, found),
            _ => IncrementFloat(step, state, found),
        };
    }

    private StepReply Set(in StepView step, in StepState state, in FoundValue found)
    {
        if (step.Operation == StepOperation.HashSetAbsent && HashBody.TryFind(found.Bytes.Span, step.Argument, out _, out _)) return StepReply.Zero;
        var (body, added) = HashEdit.Set(found.Bytes.Span, step.ArgumentReader());
        return Store(step, state, found, body.WrittenSpan, step.IsFlagged ? StepReply.Ok : StepReply.Of(added));
    }

    private static StepReply Get(in FoundValue found, ReadOnlySpan<byte> field) =>
        HashBody.TryFind(found.Bytes.Span, field, out var value, out _) ? StepReply.Of(found.Bytes[value]) : StepReply.Nil;

    // One field may be asked for many times: the answer is counted, and not only the hash.
    private static StepReply GetMany(in StepView step, in StepState state, in FoundValue found)
    {
        var values = HashEdit.Find(found.Bytes.Span, step.ArgumentReader());
        var replies = new StepReply[values.Length];
        for (var i = 0; i < replies.Length; i++)
        {
            if (values[i] is not { } value) continue;
            if (state.Budget.IsSpent) return StepReply.Of(StepFault.BudgetSpent);
            replies[i] = StepReply.Of(found.Bytes[value]);
            state.Budget.Charge(replies[i].Bytes.Length);
        }

        return StepReply.Array(replies);
    }

    private static StepReply GetAll(in StepView step, in StepState state, in FoundValue found)
    {
        var part = (HashPart)step.Number;
        var replies = new List<StepReply>();
        var at = 0;
        while (HashBody.TryNext(found.Bytes.Span, ref at, out var field, out var value))
        {
            if (part != HashPart.Values) replies.Add(StepReply.Of(found.Bytes[field]));
            if (part != HashPart.Fields) replies.Add(StepReply.Of(found.Bytes[value]));
        }

        state.Budget.Charge((long)replies.Count * ReplyBytes);
        return part == HashPart.FieldsAndValues ? StepReply.Map(replies) : StepReply.Array(replies);
    }

    private StepReply Delete(in StepView step, in StepState state, in FoundValue found)
    {
        if (!found.IsVisible) return StepReply.Zero;
        var (body, removed) = HashEdit.Remove(found.Bytes.Span, step.ArgumentReader());
        if (removed == 0) return StepReply.Zero;

        // There are no empty hashes.
        if (body.WrittenCount > HashBody.FixedBytes) return Store(step, state, found, body.WrittenSpan, StepReply.Of(removed));
        state.Remove(writer, step.Key, found.Current);
        return StepReply.Of(removed);
    }

    private StepReply Increment(in StepView step, in StepState state, in FoundValue found)
    {
        var number = 0L;
        if (HashBody.TryFind(found.Bytes.Span, step.Argument, out var value, out _) && !NumberText.TryInteger(found.Bytes.Span[value], out number))
            return StepReply.Of(StepFault.HashNotInteger);
        if (!NumberText.TryAdd(number, step.Number, out var sum)) return StepReply.Of(StepFault.Overflow);
        Span<byte> text = stackalloc byte[NumberText.IntegerBytesMax];
        return StoreField(step, state, found, step.Argument, NumberText.Write(sum, text), StepReply.Of(sum));
    }

    private StepReply IncrementFloat(in StepView step, in StepState state, in FoundValue found)
    {
        var arguments = step.ArgumentReader();
        var field = arguments.Next();
        var isKnown = HashBody.TryFind(found.Bytes.Span, field, out var value, out _);
        var fault = NumberText.TryAddFloat(isKnown ? found.Bytes.Span[value] : "0"u8, arguments.Next(), out var sum);
        if (fault != default) return StepReply.Of(fault == StepFault.NotFloat ? StepFault.HashNotFloat : fault);
        return StoreField(step, state, found, field, sum, StepReply.Of(sum));
    }

    private StepReply StoreField(in StepView step, in StepState state, in FoundValue found, ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, in StepReply reply) =>
        Store(step, state, found, HashEdit.Set(found.Bytes.Span, field, value).Body.WrittenSpan, reply);

    private StepReply Store(in StepView step, in StepState state, in FoundValue found, ReadOnlySpan<byte> body, in StepReply reply)
    {
        if (body.Length > CommandLimits.ValueBytesMax) return StepReply.Of(StepFault.TooLong);
        state.Store(writer, step.Key, found.Current, found.Current.ExpiresAt, HashBody.ContentType, body);
        return reply;
    }
}
