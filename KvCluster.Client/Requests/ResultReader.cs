using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Client.Http;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Requests;

/// <summary>Puts final answers into results, or into the exception that they mean.</summary>
internal static class ResultReader
{
    public static KvReadResult Read(StoreAnswer answer)
    {
        var status = (int)answer.Status switch
        {
            200 => KvStatus.Found,
            304 => KvStatus.NotModified,
            404 when answer.Problem?.Code == ProblemCode.KeyNotFound => KvStatus.NotFound,
            _ => throw Unexpected(answer),
        };
        var found = status == KvStatus.Found;
        return new KvReadResult
        {
            Status = status,
            Value = found ? answer.Body : default,
            ContentType = found ? answer.ContentType : "",
            Revision = status == KvStatus.NotFound ? default : answer.Revision,
            ExpiresAt = answer.ExpiresAt,
            Source = answer.Source,
            Staleness = answer.Source == KvSource.Main ? TimeSpan.Zero : answer.Staleness,
        };
    }

    public static KvWriteResult Write(StoreAnswer answer) =>
        new(WriteStatus((int)answer.Status, answer.Problem) ?? throw Unexpected(answer), answer.Revision, answer.Copies);

    public static KvWriteResult Delete(StoreAnswer answer)
    {
        var result = Write(answer);
        return result.Status == KvStatus.Updated ? result with { Status = KvStatus.Deleted } : result;
    }

    public static KvCounterResult Counter(StoreAnswer answer)
    {
        if (!answer.IsSuccess) throw Unexpected(answer);
        var counter = Parse(answer, KvJson.Default.IncrementAnswer);
        return new(counter.Value, counter.Revision, answer.Copies);
    }

    /// <summary>The results that a writer has to expect; none for everything else.</summary>
    public static KvStatus? WriteStatus(int status, KvProblem? problem) => status switch
    {
        201 => KvStatus.Created,
        200 or 204 => KvStatus.Updated,
        _ => problem?.Code switch
        {
            ProblemCode.PreconditionFailed => KvStatus.PreconditionFailed,
            ProblemCode.KeyNotFound => KvStatus.NotFound,
            ProblemCode.PatchTestFailed => KvStatus.PatchTestFailed,
            ProblemCode.PatchConflict => KvStatus.PatchConflict,
            _ => null,
        },
    };

    public static T Parse<T>(StoreAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException unreadable)
        {
            throw new KvRequestException("The server's answer is not what the API promises.", unreadable) { Code = ProblemCode.Internal };
        }
    }

    public static KvRequestException Unexpected(StoreAnswer answer) => answer.Problem is { } problem
        ? KvRequestException.From(problem)
        : new KvRequestException($"The server answered with status {(int)answer.Status} and no problem document.");
}
