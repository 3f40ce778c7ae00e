using KvCluster.Core.Commands;

namespace KvCluster.Core.Steps;

/// <summary>Steps on values that are hashes.</summary>
internal sealed class HashSteps(KeyWriter writer)
{
    public StepReply Execute(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (found.IsVisible && !found.IsHash) return StepReply.Of(StepFault.WrongType);
        return step.Operation switch
        {
            StepOperation.HashSet or StepOperation.HashSetAbsent => Set(step, state, found),
            StepOperation.HashGet => Get(found, step.Argument),
            StepOperation.HashGetMany => GetMany(step, found),
            StepOperation.HashGetAll => GetAll(step, found),
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
        var body = found.Bytes.ToArray();
        var arguments = step.ArgumentReader();
        if (step.Operation == StepOperation.HashSetAbsent && HashBody.TryFind(body, step.Argument, out _, out _)) return StepReply.Zero;
        var added = 0;
        while (!arguments.IsAtEnd)
            if (HashBody.Set(ref body, arguments.Next(), arguments.Next())) added++;
        return Store(step, state, found, body, step.IsFlagged ? StepReply.Ok : StepReply.Of(added));
    }

    private static StepReply Get(in FoundValue found, ReadOnlySpan<byte> field) =>
        HashBody.TryFind(found.Bytes.Span, field, out var value, out _) ? StepReply.Of(found.Bytes[value]) : StepReply.Nil;

    private static StepReply GetMany(in StepView step, in FoundValue found)
    {
        var replies = new StepReply[step.ArgumentCount];
        var arguments = step.ArgumentReader();
        for (var i = 0; i < replies.Length; i++) replies[i] = Get(found, arguments.Next());
        return StepReply.Array(replies);
    }

    private static StepReply GetAll(in StepView step, in FoundValue found)
    {
        var part = (HashPart)step.Number;
        var replies = new List<StepReply>();
        var at = 0;
        while (HashBody.TryNext(found.Bytes.Span, ref at, out var field, out var value))
        {
            if (part != HashPart.Values) replies.Add(StepReply.Of(found.Bytes[field]));
            if (part != HashPart.Fields) replies.Add(StepReply.Of(found.Bytes[value]));
        }

        return part == HashPart.FieldsAndValues ? StepReply.Map(replies) : StepReply.Array(replies);
    }

    private StepReply Delete(in StepView step, in StepState state, in FoundValue found)
    {
        if (!found.IsVisible) return StepReply.Zero;
        var body = found.Bytes.ToArray();
        var removed = 0;
        var arguments = step.ArgumentReader();
        while (!arguments.IsAtEnd)
            if (HashBody.Remove(ref body, arguments.Next())) removed++;
        if (removed == 0) return StepReply.Zero;

        // There are no empty hashes.
        if (body.Length > HashBody.FixedBytes) return Store(step, state, found, body, StepReply.Of(removed));
        writer.Remove(state, step.Key, found.Current);
        return StepReply.Of(removed);
    }

    private StepReply Increment(in StepView step, in StepState state, in FoundValue found)
    {
        var number = 0L;
        if (HashBody.TryFind(found.Bytes.Span, step.Argument, out var value, out _) && !NumberText.TryInteger(found.Bytes.Span[value], out number))
            return StepReply.Of(StepFault.HashNotInteger);
        if (!NumberText.TryAdd(number, step.Number, out var sum)) return StepReply.Of(StepFault.Overflow);
        Span<byte> text = stackalloc byte[NumberText.IntegerBytesMax];
        var body = found.Bytes.ToArray();
        HashBody.Set(ref body, step.Argument, NumberText.Write(sum, text));
        return Store(step, state, found, body, StepReply.Of(sum));
    }

    private StepReply IncrementFloat(in StepView step, in StepState state, in FoundValue found)
    {
        var arguments = step.ArgumentReader();
        var field = arguments.Next();
        var isKnown = HashBody.TryFind(found.Bytes.Span, field, out var value, out _);
        var fault = NumberText.TryAddFloat(isKnown ? found.Bytes.Span[value] : "0"u8, arguments.Next(), out var sum);
        if (fault != default) return StepReply.Of(fault == StepFault.NotFloat ? StepFault.HashNotFloat : fault);
        var body = found.Bytes.ToArray();
        HashBody.Set(ref body, field, sum);
        return Store(step, state, found, body, StepReply.Of(sum));
    }

    private StepReply Store(in StepView step, in StepState state, in FoundValue found, byte[] body, in StepReply reply)
    {
        if (body.Length > CommandLimits.ValueBytesMax) return StepReply.Of(StepFault.TooLong);
        writer.Store(state, step.Key, found.Current, found.Current.ExpiresAt, HashBody.ContentType, body);
        return reply;
    }
}
