using System.Net;
using System.Net.Http.Headers;
using System.Text;
using KvCluster.Core.Steps;
using KvCluster.Protocol.Problems;

namespace KvCluster.Tests.Resp;

/// <summary>Both front ends over one store.</summary>
public sealed class RespHttpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ValueOfOnePort_IsReadByTheOtherWithExpiryRevisionAndType()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        Assert.Equal("+OK", client.Line("set a 1 EXAT 99999999999"));
        using var read = await rig.Http.GetAsync(new Uri("kv/a", UriKind.Relative), Cancellation);
        Assert.Equal("1", await read.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("99999999999000", read.Headers.GetValues("X-Kv-Expires-At").Single());
        var revision = read.Headers.ETag!.Tag.Trim('"');
        Assert.Contains($"${revision} ", client.Line("kv.get a"), StringComparison.Ordinal);

        using var put = await PutAsync(rig, "b?ttl=1000s", "{\"x\":1}", "application/json");
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal("${\"x\":1}", client.Line("get b"));
        Assert.EndsWith("$application/json]", client.Line("kv.get b"), StringComparison.Ordinal);
        Assert.InRange(int.Parse(client.Line("ttl b").AsSpan(1), System.Globalization.CultureInfo.InvariantCulture), 990, 1_000);

        client.Line("append b !");
        using var after = await rig.Http.GetAsync(new Uri("kv/b", UriKind.Relative), Cancellation);
        Assert.Equal(("{\"x\":1}!", "application/json"), (await after.Content.ReadAsStringAsync(Cancellation), after.Content.Headers.ContentType!.MediaType));
        Assert.True(after.Headers.Contains("X-Kv-Expires-At"));
    }

    [Fact]
    public async Task SetIfEqual_WritesOnlyOverTheRevisionNamed()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        using var read = await rig.Http.GetAsync(new Uri("kv/a", UriKind.Relative), Cancellation);
        var revision = read.Headers.ETag!.Tag.Trim('"');
        Assert.Equal("+OK", client.Line($"set a 2 IFEQ {revision}"));
        Assert.Equal(("nil", "$2"), (client.Line($"set a 3 IFEQ {revision}"), client.Line("get a")));
        Assert.Equal("nil", client.Line($"set nobody 3 IFEQ {revision}"));
        Assert.StartsWith("-ERR IFEQ needs a revision", client.Line("set a 3 IFEQ x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hash_IsTakenOverHttpOnlyIfItIsOne()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("hset h a 1 b 2");
        var body = rig.ValueOf("h");
        using var copied = await PutAsync(rig, "copy", body);
        Assert.Equal(HttpStatusCode.Created, copied.StatusCode);
        Assert.Equal("[$a $1 $b $2]", client.Line("hgetall copy"));

        foreach (var forged in new byte[][] { [], [1], [2, .. body[1..]], body[..^1], [1, 0, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff], [.. body, 0] })
        {
            using var refused = await PutAsync(rig, "forged", forged);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains($"\"{ProblemCode.BodyInvalid}\"", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
            using var batch = await rig.Http.PostAsync(
                new Uri("kv/batch", UriKind.Relative),
                new StringContent($"{{\"operations\":[{{\"op\":\"put\",\"key\":\"forged\",\"contentType\":\"{HashBody.ContentTypeName}\",\"valueBase64\":\"{Convert.ToBase64String(forged)}\"}}]}}", Encoding.UTF8, "application/json"),
                Cancellation);
            Assert.Contains($"\"{ProblemCode.BodyInvalid}\"", await batch.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }

        Assert.Equal(":0", client.Line("exists forged"));
    }

    private static Task<HttpResponseMessage> PutAsync(RespRig rig, string key, byte[] body) => PutAsync(rig, key, new ByteArrayContent(body), HashBody.ContentTypeName);
    private static Task<HttpResponseMessage> PutAsync(RespRig rig, string key, string body, string contentType) => PutAsync(rig, key, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), contentType);

    private static Task<HttpResponseMessage> PutAsync(RespRig rig, string key, HttpContent content, string contentType)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return rig.Http.PutAsync(new Uri("kv/" + key, UriKind.Relative), content, Cancellation);
    }
}
