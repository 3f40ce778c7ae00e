using System.Net.Sockets;
using System.Text;

namespace KvCluster.Tests.Hosting;

/// <summary>A PUT whose body comes when the test sends it. The server reads it from the first moment on: it has asked for it.</summary>
internal sealed class SlowUpload : IDisposable
{
    private readonly TcpClient _client = new();
    private StreamReader _reader = StreamReader.Null;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SlowUpload> BeginAsync(Uri place, int bytes)
    {
        var upload = new SlowUpload();
        await upload._client.ConnectAsync(place.Host, place.Port, Cancellation);
        upload._reader = new StreamReader(upload._client.GetStream(), Encoding.Latin1);
        await upload.SendAsync($"PUT {place.AbsolutePath} HTTP/1.1\r\nHost: {place.Authority}\r\nContent-Length: {bytes}\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue", await upload.ReadLineAsync());
        Assert.Equal("", await upload.ReadLineAsync());
        return upload;
    }

    public async Task SendAsync(string part) => await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(part), Cancellation);

    /// <summary>The next line of the answer; nothing when the connection was closed or cut.</summary>
    public async Task<string?> ReadLineAsync()
    {
        try
        {
            return await _reader.ReadLineAsync(Cancellation);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }
}
