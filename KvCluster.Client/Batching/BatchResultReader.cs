using System.Text;
using KvCluster.Client.Requests;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Batching;

/// <summary>Puts one final answer of a batch into a result.</summary>
internal static class BatchResultReader
{
    public static KvBatchResult Read(KvBatchOperation operation, BatchResult answer)
    {
        var status = StatusOf(operation, answer);
        return new KvBatchResult
        {
            Status = status,
            Value = answer.Value is { } text ? Encoding.UTF8.GetBytes(text) : answer.ValueBase64,
            ContentType = answer.ContentType ?? "",
            Revision = answer.Revision ?? default,
            Number = answer.Number ?? 0,
            ExpiresAt = answer.ExpiresAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
            Copies = answer.Copies ?? 0,
            Error = status == KvStatus.Failed ? ErrorOf(answer) : null,
        };
    }

    private static KvStatus StatusOf(KvBatchOperation operation, BatchResult answer)
    {
        if (!operation.IsWrite)
        {
            if (answer.Status == 200) return KvStatus.Found;
            return answer.Problem?.Code == ProblemCode.KeyNotFound ? KvStatus.NotFound : KvStatus.Failed;
        }

        var status = ResultReader.WriteStatus(answer.Status, answer.Problem) ?? KvStatus.Failed;
        return status == KvStatus.Updated && operation.Name == "delete" ? KvStatus.Deleted : status;
    }

    private static KvRequestException ErrorOf(BatchResult answer) => answer.Problem is { } problem
        ? KvRequestException.From(problem)
        : new KvRequestException($"The server answered with status {answer.Status} and no problem document.");
}
