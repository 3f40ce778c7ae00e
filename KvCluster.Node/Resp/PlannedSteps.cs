namespace KvCluster.Node.Resp;

/// <summary>A request as steps in a writer, or why it is none.</summary>
/// <param name="Error">Nothing was written then.</param>
internal readonly record struct PlannedSteps(string? Error, ReplyShape Shape = default, int Steps = 1)
{
    public static readonly PlannedSteps One = new(null);
    public static implicit operator PlannedSteps(string error) => new(error);
}
