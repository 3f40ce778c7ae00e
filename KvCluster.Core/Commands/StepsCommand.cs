namespace KvCluster.Core.Commands;

/// <summary>Steps that are carried out one after the other as one entry (<see cref="Steps.StepMachine"/>). <see cref="Command.Key"/> is the first step's.</summary>
public sealed record StepsCommand : Command
{
    /// <summary>As a <see cref="Steps.StepWriter"/> made it: the number of steps, then the steps.</summary>
    public required ReadOnlyMemory<byte> Steps { get; init; }
}
