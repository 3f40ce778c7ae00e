using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>What a SCAN asks for.</summary>
internal sealed class ScanPlan
{
    private byte[]? _pattern;
    private bool? _hashes;
    private bool _nothing;

    public long Count { get; private set; } = 10;
    public ReadOnlySpan<byte> Prefix => _pattern is null ? [] : GlobPattern.Prefix(_pattern);

    /// <returns>Nothing when the request can be understood, else the error.</returns>
    public string? TryRead(RespParser request)
    {
        for (var i = 2; i < request.Count; i += 2)
        {
            if (i + 1 >= request.Count) return RespErrors.Syntax;
            var value = request[i + 1];
            if (RespText.Is(request[i], "MATCH"u8)) _pattern = value.ToArray();
            else if (RespText.Is(request[i], "COUNT"u8))
            {
                if (!NumberText.TryInteger(value, out var count)) return RespErrors.NotInteger;
                if (count < 1) return RespErrors.Syntax;
                Count = count;
            }
            else if (RespText.Is(request[i], "TYPE"u8))
            {
                _hashes = RespText.Is(value, "hash"u8);
                _nothing = _hashes == false && !RespText.Is(value, "string"u8);
            }
            else return RespErrors.Syntax;
        }

        return null;
    }

    public bool Wants(ReadOnlySpan<byte> key, ReadOnlySpan<byte> contentType) =>
        !_nothing
        && (_hashes is not { } hashes || contentType.SequenceEqual(HashBody.ContentType) == hashes)
        && (_pattern is null || GlobPattern.Matches(_pattern, key));
}
