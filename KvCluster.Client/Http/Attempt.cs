namespace KvCluster.Client.Http;

/// <summary>The end of one attempt at one server.</summary>
/// <param name="Answer">Present when answered.</param>
/// <param name="Error">Present when not.</param>
internal readonly record struct Attempt(AttemptKind Kind, StoreAnswer? Answer, Exception? Error)
{
    public static Attempt Answered(StoreAnswer answer) => new(AttemptKind.Answered, answer, null);
    public static Attempt NotSent(Exception error) => new(AttemptKind.NotSent, null, error);
    public static Attempt NoAnswer(Exception error) => new(AttemptKind.NoAnswer, null, error);
}
