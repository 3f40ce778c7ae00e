using KvCluster.Core.Commands;
using KvCluster.Core.State;

namespace KvCluster.Core.Steps;

/// <summary>Steps on values that are strings of bytes.</summary>
internal sealed class StringSteps(RowWriter writer)
{
    private static ReadOnlySpan<byte> TextType => "text/plain"u8;

    public StepReply Execute(in StepView step, in StepState state) => step.Operation switch
    {
        StepOperation.Set => Set(step, state),
        StepOperation.SetAllAbsent => SetAllAbsent(step, state),
        StepOperation.Get => Get(step, state),
        StepOperation.GetDelete => GetDelete(step, state),
        StepOperation.GetExpire => GetExpire(step, state),
        StepOperation.Append => Append(step, state),
        StepOperation.Length => Length(step, state),
        StepOperation.GetRange => GetRange(step, state),
        StepOperation.SetRange => SetRange(step, state),
        StepOperation.Increment => Increment(step, state),
        _ => IncrementFloat(step, state),
    };

    private StepReply Set(in StepView step, in StepState state)
    {
        var old = StepReply.Nil;
        if (step.IsFlagged)
        {
            var found = state.Find(step.Key);
            if (found.IsHash) return StepReply.Of(StepFault.WrongType);
            if (found.IsVisible) old = StepReply.Of(found.Bytes);
        }

        var current = state.Look(step.Key);
        if (!step.Condition.Holds(current.Revision)) return old;
        state.Store(writer, step.Key, current, RowWriter.ExpiresAt(step.Expiry, current, state.Now), default, step.Argument);
        return step.IsFlagged ? old : StepReply.Ok;
    }

    private StepReply SetAllAbsent(in StepView step, in StepState state)
    {
        var arguments = step.ArgumentReader();
        for (var key = step.Key; ; key = arguments.Next())
        {
            arguments.Next();
            if (state.Look(key).IsVisible) return StepReply.Zero;
            if (arguments.IsAtEnd) break;
        }

        arguments = step.ArgumentReader();
        for (var key = step.Key; ; key = arguments.Next())
        {
            state.Store(writer, key, state.Look(key), 0, default, arguments.Next());
            if (arguments.IsAtEnd) return StepReply.One;
        }
    }

    private static StepReply Get(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (!found.IsVisible) return StepReply.Nil;

        // The flag is that of commands on many keys, which pass over what is no string.
        if (found.IsHash) return step.IsFlagged ? StepReply.Nil : StepReply.Of(StepFault.WrongType);
        return StepReply.Of(found.Bytes);
    }

    private StepReply GetDelete(in StepView step, in StepState state)
    {
        var reply = Get(step, state);
        if (reply.Kind == StepReplyKind.Bytes) state.Remove(writer, step.Key, state.Look(step.Key));
        return reply;
    }

    private StepReply GetExpire(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (!found.IsVisible) return StepReply.Nil;
        if (found.IsHash) return StepReply.Of(StepFault.WrongType);
        if (step.Expiry.Kind != ExpiryKind.Keep) KeySteps.ChangeExpiry(writer, state, step.Key, found, step.Expiry);
        return StepReply.Of(found.Bytes);
    }

    private StepReply Append(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (found.IsHash) return StepReply.Of(StepFault.WrongType);
        if (found.Bytes.Length + (long)step.Argument.Length > CommandLimits.ValueBytesMax) return StepReply.Of(StepFault.TooLong);
        byte[] joined = [.. found.Bytes.Span, .. step.Argument];
        state.Store(writer, step.Key, found.Current, found.Current.ExpiresAt, found.ContentType, joined);
        return StepReply.Of(joined.Length);
    }

    private static StepReply Length(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        return found.IsHash ? StepReply.Of(StepFault.WrongType) : StepReply.Of(found.Bytes.Length);
    }

    private static StepReply GetRange(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (found.IsHash) return StepReply.Of(StepFault.WrongType);
        var length = found.Bytes.Length;
        var first = step.Number < 0 ? Math.Max(0, length + step.Number) : step.Number;
        var last = Math.Min(length - 1, step.Second < 0 ? Math.Max(0, length + step.Second) : step.Second);
        if ((step.Number < 0 && step.Second < 0 && step.Number > step.Second) || first > last) return StepReply.Of(ReadOnlyMemory<byte>.Empty);
        return StepReply.Of(found.Bytes[(int)first..(int)(last + 1)]);
    }

    private StepReply SetRange(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (found.IsHash) return StepReply.Of(StepFault.WrongType);
        if (step.Argument.IsEmpty) return StepReply.Of(found.Bytes.Length);
        if (step.Number < 0 || step.Number > CommandLimits.ValueBytesMax - step.Argument.Length) return StepReply.Of(StepFault.TooLong);
        var value = new byte[Math.Max(found.Bytes.Length, (int)step.Number + step.Argument.Length)];
        found.Bytes.Span.CopyTo(value);
        step.Argument.CopyTo(value.AsSpan((int)step.Number));
        state.Store(writer, step.Key, found.Current, found.Current.ExpiresAt, found.ContentType, value);
        return StepReply.Of(value.Length);
    }

    private StepReply Increment(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (found.IsHash) return StepReply.Of(StepFault.WrongType);
        var number = 0L;
        if (found.IsVisible && !NumberText.TryInteger(found.Bytes.Span, out number)) return StepReply.Of(StepFault.NotInteger);
        if (!NumberText.TryAdd(number, step.Number, out var sum)) return StepReply.Of(StepFault.Overflow);
        Span<byte> text = stackalloc byte[NumberText.IntegerBytesMax];
        state.Store(writer, step.Key, found.Current, found.Current.ExpiresAt, found.IsVisible ? found.ContentType : TextType, NumberText.Write(sum, text));
        return StepReply.Of(sum);
    }

    private StepReply IncrementFloat(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (found.IsHash) return StepReply.Of(StepFault.WrongType);
        var fault = NumberText.TryAddFloat(found.IsVisible ? found.Bytes.Span : "0"u8, step.Argument, out var sum);
        if (fault != default) return StepReply.Of(fault);
        state.Store(writer, step.Key, found.Current, found.Current.ExpiresAt, found.IsVisible ? found.ContentType : TextType, sum);
        return StepReply.Of(sum);
    }
}
