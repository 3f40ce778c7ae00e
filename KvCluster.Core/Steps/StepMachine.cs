using KvCluster.Core.Commands;
using KvCluster.Core.State;

namespace KvCluster.Core.Steps;

/// <summary>
/// Runs a list of steps, each on its key, the later ones seeing what the earlier ones did. The semantics are those of the Redis commands
/// of the same names, so that one entry of the log can be a whole transaction and both servers compute the same replies and rows.
/// </summary>
/// <remarks>
/// A step whose slot is not owned says so and leaves the others alone. A guard that does not hold ends the list before anything is
/// written: guards stand in front. Steps behind a spent <see cref="StepBudget"/> are refused. The same code answers reads, without a batch;
/// it has no state of its own.
/// </remarks>
internal sealed class StepMachine(RowWriter writer)
{
    private readonly StringSteps _strings = new(writer);
    private readonly KeySteps _keys = new(writer);
    private readonly HashSteps _hashes = new(writer);

    /// <summary>Applies the steps of an entry.</summary>
    public Outcome Apply(in CommandView command, in StepState state)
    {
        var replies = Run(command.Body, state);
        return replies is null
            ? new Outcome(OutcomeCode.PreconditionFailed)
            : new Outcome(OutcomeCode.Updated, state.Now, Replies: replies);
    }

    /// <returns>One reply for each step; nothing when a guard does not hold.</returns>
    public StepReply[]? Run(ReadOnlySpan<byte> body, in StepState state)
    {
        var reader = new PayloadReader(body);
        var replies = new StepReply[reader.UInt16()];
        for (var i = 0; i < replies.Length; i++)
        {
            var step = new StepView(ref reader);
            if (step.Operation == StepOperation.Watch && !IsUnchanged(step, state)) return null;
            replies[i] = !state.IsOwn(step.Key) ? StepReply.Of(StepFault.SlotMoved)
                : state.Budget.IsSpent ? StepReply.Of(StepFault.BudgetSpent)
                : Execute(step, state);
        }

        if (reader.Rest != 0) throw new RecordFormatException(RecordFault.Malformed, $"{reader.Rest} bytes behind the last step.");
        return replies;
    }

    private static bool IsUnchanged(in StepView step, in StepState state) =>
        state.IsOwn(step.Key) && state.Look(step.Key).Revision.Value == (ulong)step.Number;

    private StepReply Execute(in StepView step, in StepState state) => step.Operation switch
    {
        >= StepOperation.Set and <= StepOperation.IncrementFloat => _strings.Execute(step, state),
        >= StepOperation.Delete and <= StepOperation.Describe => _keys.Execute(step, state),
        >= StepOperation.HashSet and <= StepOperation.HashLength => _hashes.Execute(step, state),
        _ => throw Unknown(step.Operation),
    };

    public static RecordFormatException Unknown(StepOperation operation) =>
        new(RecordFault.UnknownType, $"Step {(byte)operation} is not known to this version.");
}
