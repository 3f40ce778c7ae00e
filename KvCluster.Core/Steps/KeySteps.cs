using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Steps;

/// <summary>Steps on keys whatever their values are.</summary>
internal sealed class KeySteps(RowWriter writer)
{
    private static readonly byte[] None = "none"u8.ToArray();
    private static readonly byte[] String = "string"u8.ToArray();
    private static readonly byte[] Hash = "hash"u8.ToArray();

    public StepReply Execute(in StepView step, in StepState state) => step.Operation switch
    {
        StepOperation.Delete => Delete(step, state),
        StepOperation.Exists => StepReply.Of(state.Look(step.Key).IsVisible),
        StepOperation.Type => TypeOf(step, state),
        StepOperation.Expire => Expire(step, state),
        StepOperation.Persist => Persist(step, state),
        StepOperation.AskExpiry => Ask(step, state),
        StepOperation.Rename => Rename(step, state),
        StepOperation.Watch => StepReply.Ok,
        StepOperation.Describe => Describe(step, state),
        _ => throw StepMachine.Unknown(step.Operation),
    };

    /// <summary>Gives a value another expiry; one that is over deletes the key.</summary>
    public static void ChangeExpiry(RowWriter writer, in StepState state, ReadOnlySpan<byte> key, in FoundValue found, in Expiry expiry)
    {
        var expiresAt = RowWriter.ExpiresAt(expiry, found.Current, state.Now);
        if (expiresAt != 0 && Revision.FromMilliseconds(expiresAt) <= state.Now) state.Remove(writer, key, found.Current);
        else state.Store(writer, key, found.Current, expiresAt, found.ContentType, found.Bytes.Span);
    }

    private StepReply Delete(in StepView step, in StepState state)
    {
        var current = state.Look(step.Key);
        if (current.IsVisible) state.Remove(writer, step.Key, current);
        return StepReply.Of(current.IsVisible);
    }

    private static StepReply TypeOf(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        return StepReply.Word(!found.IsVisible ? None : found.IsHash ? Hash : String);
    }

    private StepReply Expire(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (!found.IsVisible || !Allows((ExpiryRule)step.Number, found.Current.ExpiresAt, RowWriter.ExpiresAt(step.Expiry, found.Current, state.Now))) return StepReply.Zero;
        ChangeExpiry(writer, state, step.Key, found, step.Expiry);
        return StepReply.One;
    }

    private static bool Allows(ExpiryRule rule, long present, long next) => rule switch
    {
        ExpiryRule.OnlyWithout => present == 0,
        ExpiryRule.OnlyWith => present != 0,
        ExpiryRule.OnlyLater => present != 0 && next > present,
        ExpiryRule.OnlyEarlier => present == 0 || next < present,
        ExpiryRule.OnlyEarlierOfThose => present != 0 && next < present,
        _ => true,
    };

    private StepReply Persist(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (found.Current.ExpiresAt == 0) return StepReply.Zero;
        state.Store(writer, step.Key, found.Current, 0, found.ContentType, found.Bytes.Span);
        return StepReply.One;
    }

    private static StepReply Ask(in StepView step, in StepState state)
    {
        var current = state.Look(step.Key);
        if (!current.IsVisible) return StepReply.Of(-2);
        if (current.ExpiresAt == 0) return StepReply.Of(-1);
        var left = Math.Max(0, current.ExpiresAt - state.NowMilliseconds);
        return StepReply.Of((ExpiryQuestion)step.Number switch
        {
            ExpiryQuestion.SecondsLeft => (left + 500) / 1_000,
            ExpiryQuestion.MillisecondsLeft => left,
            ExpiryQuestion.UnixSeconds => (current.ExpiresAt + 500) / 1_000,
            _ => current.ExpiresAt,
        });
    }

    private StepReply Rename(in StepView step, in StepState state)
    {
        var rule = (RenameRule)step.Number;
        var isCopy = rule is RenameRule.Copy or RenameRule.CopyReplace;
        var source = state.Find(step.Key);
        if (!source.IsVisible) return isCopy ? StepReply.Zero : StepReply.Of(StepFault.NoSuchKey);
        var isSame = step.Argument.SequenceEqual(step.Key);
        var destination = state.Look(step.Argument);
        if (rule is RenameRule.OnlyIfAbsent or RenameRule.Copy && destination.IsVisible) return StepReply.Zero;
        if (!isSame)
        {
            state.Store(writer, step.Argument, destination, source.Current.ExpiresAt, source.ContentType, source.Bytes.Span);
            if (!isCopy) state.Remove(writer, step.Key, source.Current);
        }

        return rule == RenameRule.Replace ? StepReply.Ok : StepReply.One;
    }

    private static StepReply Describe(in StepView step, in StepState state)
    {
        var found = state.Find(step.Key);
        if (!found.IsVisible) return StepReply.Nil;
        return StepReply.Array([
            StepReply.Of(found.Bytes),
            StepReply.Of(Encoding.ASCII.GetBytes(found.Current.Revision.ToString())),
            StepReply.Of(Encoding.Latin1.GetBytes(MediaTypeText.Of(found.ContentType)))]);
    }
}
