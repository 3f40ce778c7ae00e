using System.Buffers;
using KvCluster.Core.Commands;
using KvCluster.Core.Steps;
using KvCluster.Node.Options;
using KvCluster.Protocol.Problems;

namespace KvCluster.Node.Endpoints;

/// <summary>
/// Reads bodies within bounds: one that announces too much is refused unread, and all bodies being read together stay below the
/// server's budget.
/// </summary>
internal sealed class RequestBody(KvNodeOptions options)
{
    private long _inFlight;

    public async ValueTask<byte[]> ReadAsync(HttpRequest request, int bytesMax, CancellationToken cancellation)
    {
        if (request.ContentLength > bytesMax) throw TooLarge(bytesMax);
        try
        {
            if (request.ContentLength is not { } known) return await ReadUnknownAsync(request, bytesMax, cancellation);
            Admit((int)known);
            try
            {
                return await ReadKnownAsync(request, (int)known, cancellation);
            }
            finally
            {
                Release((int)known);
            }
        }
        catch (BadHttpRequestException cut)
        {
            throw cut.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge(bytesMax)
                : new RequestProblem(400, ProblemCode.BodyInvalid, $"The body could not be read: {cut.Message}");
        }
    }

    private static async ValueTask<byte[]> ReadKnownAsync(HttpRequest request, int length, CancellationToken cancellation)
    {
        var body = GC.AllocateUninitializedArray<byte>(length);
        var filled = 0;
        while (filled < length)
        {
            var result = await request.BodyReader.ReadAsync(cancellation);
            var buffer = result.Buffer;
            buffer.CopyTo(body.AsSpan(filled));
            filled += (int)buffer.Length;
            request.BodyReader.AdvanceTo(buffer.End);
            if (result.IsCompleted && filled < length) throw new RequestProblem(400, ProblemCode.BodyInvalid, "The body ended early.");
        }

        return body;
    }

    // The length is not announced, so the budget is asked for as the body comes.
    private async ValueTask<byte[]> ReadUnknownAsync(HttpRequest request, int bytesMax, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>();
        var admitted = 0;
        try
        {
            while (true)
            {
                var result = await request.BodyReader.ReadAsync(cancellation);
                var length = (int)result.Buffer.Length;
                if (body.WrittenCount + length > bytesMax) throw TooLarge(bytesMax);
                Admit(length);
                admitted += length;
                foreach (var segment in result.Buffer) body.Write(segment.Span);
                request.BodyReader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return body.WrittenSpan.ToArray();
            }
        }
        finally
        {
            Release(admitted);
        }
    }

    private void Admit(int bytes)
    {
        if (Interlocked.Add(ref _inFlight, bytes) <= options.InFlightBytesMax) return;
        Release(bytes);
        throw new RequestProblem(503, ProblemCode.Overloaded, "Too many bytes are in flight.") { IsRetryable = true, RetryAfterSeconds = 1 };
    }

    private void Release(int bytes) => Interlocked.Add(ref _inFlight, -bytes);

    private static RequestProblem TooLarge(int bytesMax) => new(413, ProblemCode.ValueTooLarge, $"A body here has at most {bytesMax} bytes.");

    /// <summary>Refuses bytes that claim to be a hash and are none.</summary>
    public static void CheckHash(string contentType, ReadOnlySpan<byte> body)
    {
        if (contentType == HashBody.ContentTypeName && !HashBody.IsWellFormed(body))
            throw new RequestProblem(400, ProblemCode.BodyInvalid, $"The body is no {contentType}: format byte 1, then each field and its value with their lengths in front.");
    }

    /// <summary>The media type to store: what the request says, printable ASCII, at most 255 bytes.</summary>
    public static string ContentType(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "application/octet-stream";
        var isMediaType = text.Length <= CommandLimits.ContentTypeBytesMax && text.Contains('/') && text.All(letter => letter is >= ' ' and <= '~');
        return isMediaType ? text : throw new RequestProblem(415, ProblemCode.MediaTypeUnsupported, "The Content-Type is no media type of at most 255 ASCII characters.");
    }
}
