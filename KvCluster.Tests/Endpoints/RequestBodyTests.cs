using KvCluster.Node.Endpoints;
using KvCluster.Node.Options;
using KvCluster.Protocol.Problems;
using Microsoft.AspNetCore.Http;

namespace KvCluster.Tests.Endpoints;

/// <summary>The budget of bodies in memory.</summary>
public sealed class RequestBodyTests
{
    private readonly RequestBody _bodies = new(new KvNodeOptions { InFlightBytesMax = 100 });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_CountsUntilItsRequestIsAnswered(bool isLengthKnown)
    {
        var first = await ReadAsync(80, isLengthKnown);
        Assert.Equal((80, 80L), (first.Bytes.Length, _bodies.InFlightBytes));
        var refused = await Assert.ThrowsAsync<RequestProblem>(() => ReadAsync(30, isLengthKnown));
        Assert.Equal((503, ProblemCode.Overloaded), (refused.Status, refused.Code));
        first.Dispose();
        using var second = await ReadAsync(30, isLengthKnown);
        Assert.Equal(30, _bodies.InFlightBytes);
    }

    [Fact]
    public async Task BodyThatEndsEarly_GivesItsShareBack()
    {
        await Assert.ThrowsAsync<RequestProblem>(() => ReadAsync(10, isLengthKnown: true, announced: 50));
        Assert.Equal(0, _bodies.InFlightBytes);
    }

    private async Task<AdmittedBody> ReadAsync(int bytes, bool isLengthKnown, int? announced = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(new byte[bytes]);
        request.ContentLength = isLengthKnown ? announced ?? bytes : null;
        return await _bodies.ReadAsync(request, 1_000, TestContext.Current.CancellationToken);
    }
}
