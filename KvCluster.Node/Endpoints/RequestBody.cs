using System.Buffers;
using KvCluster.Core.Commands;
using KvCluster.Core.Steps;
using KvCluster.Node.Options;
using KvCluster.Protocol.Problems;

namespace KvCluster.Node.Endpoints;

/// <summary>
/// Reads bodies within bounds: one that announces too much is refused unread, and all bodies in memory together, from their first byte
/// until their request is answered, stay below the server's budget.
/// </summary>
internal sealed class RequestBody(KvNodeOptions options)
{
    private long _inFlight;

    /// <summary>Bytes of bodies that are in memory now.</summary>
    public long InFlightBytes => Volatile.Read(ref _inFlight);

    /// <returns>The body; its share of the budget is held until it is disposed of.</returns>
    public async ValueTask<AdmittedBody> ReadAsync(HttpRequest request, int bytesMax, CancellationToken cancellation)
    {
        if (request.ContentLength > bytesMax) throw TooLarge(bytesMax);
        var body = new AdmittedBody(this);
        var isRead = false;
        try
        {
            body.Bytes = request.ContentLength is { } known
                ? await ReadKnownAsync(request, body, (int)known, cancellation)
                : await ReadUnknownAsync(request, body, bytesMax, cancellation);
            isRead = true;
            return body;
        }
        catch (BadHttpRequestException cut)
        {
            throw cut.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? TooLarge(bytesMax)
                : new RequestProblem(400, ProblemCode.BodyInvalid, $"The body could not be read: {cut.Message}");
        }
        finally
        {
            if (!isRead) body.Dispose();
        }
    }

    private static async ValueTask<byte[]> ReadKnownAsync(HttpRequest request, AdmittedBody admitted, int length, CancellationToken cancellation)
    {
        admitted.Grow(length);
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
    private static async ValueTask<byte[]> ReadUnknownAsync(HttpRequest request, AdmittedBody admitted, int bytesMax, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellation);
            var length = (int)result.Buffer.Length;
            if (body.WrittenCount + length > bytesMax) throw TooLarge(bytesMax);
            admitted.Grow(length);
            foreach (var segment in result.Buffer) body.Write(segment.Span);
            request.BodyReader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return body.WrittenSpan.ToArray();
        }
    }

    /// <exception cref="RequestProblem">The budget is used up.</exception>
    public void Admit(int bytes)
    {
        if (Interlocked.Add(ref _inFlight, bytes) <= options.InFlightBytesMax) return;
        Release(bytes);
        throw new RequestProblem(503, ProblemCode.Overloaded, "Too many bytes are in flight.") { IsRetryable = true, RetryAfterSeconds = 1 };
    }

    public void Release(int bytes) => Interlocked.Add(ref _inFlight, -bytes);

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
