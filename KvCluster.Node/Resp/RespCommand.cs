using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

internal delegate PlannedSteps PlanSteps(RespParser request, StepWriter steps);
internal delegate ValueTask AnswerRequest(RespSession session, RespParser request);

/// <summary>A command as <c>COMMAND INFO</c> shows it, and who carries it out.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Arity">Number of arguments with the name; negative: at least so many.</param>
/// <param name="LastKey">Counted from the end when negative.</param>
/// <param name="Plan">For commands on keys.</param>
/// <param name="Answer">For all others.</param>
internal sealed record RespCommand(
    string Name, int Arity, RespCommandKind Kind, int FirstKey, int LastKey, int KeyStep, PlanSteps? Plan, AnswerRequest? Answer)
{
    /// <summary>Its place among the commands that a transaction does not queue.</summary>
    public bool IsImmediate { get; init; }

    /// <summary>May be used by a RESP2 connection that has subscribed.</summary>
    public bool IsForSubscribers { get; init; }

    /// <summary>May look at every key.</summary>
    public bool IsLong { get; init; }

    /// <summary>Looks at all keys of the node and not at those it names: it cannot be a step of a transaction.</summary>
    public bool IsOnKeyspace { get; init; }

    /// <summary>At most so many steps does a request become: one for each of its keys.</summary>
    public int StepsOf(int count) => (((LastKey < 0 ? count + LastKey : LastKey) - FirstKey) / KeyStep) + 1;

    /// <summary>Its place in <see cref="RespCommands.All"/>.</summary>
    public int Place { get; init; }

    public bool Accepts(int count) => Arity >= 0 ? count == Arity : count >= -Arity;
}
