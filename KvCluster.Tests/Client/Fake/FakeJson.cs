using System.Text;
using System.Text.Unicode;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Problems;

namespace KvCluster.Tests.Client.Fake;

/// <summary>Contract objects as a server makes them.</summary>
internal static class FakeJson
{
    public static KvProblem Problem(int status, string code, bool retryable = false, string outcome = "definite") => new()
    {
        Type = ProblemCode.TypePrefix + code,
        Title = code,
        Status = status,
        Code = code,
        Retryable = retryable,
        Outcome = outcome,
        TraceId = "trace",
    };

    public static ListedEntry Listed(byte[] key, FakeValue value, bool values) => new()
    {
        Key = Text(key),
        KeyBase64 = Base64(key),
        Revision = value.Revision,
        ContentType = value.ContentType,
        ExpiresAt = value.ExpiresAt,
        Value = values ? Text(value.Bytes) : null,
        ValueBase64 = values ? Base64(value.Bytes) : null,
    };

    public static string? Text(byte[] bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
    public static byte[]? Base64(byte[] bytes) => Utf8.IsValid(bytes) ? null : bytes;
}
