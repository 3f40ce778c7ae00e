using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KvCluster.Benchmarks.Redis;

/// <summary>The answer to INFO.</summary>
internal static class RespInfo
{
    /// <returns>The fields; none when nobody answers yet.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(IPEndPoint server, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(server, cancellation);
            var stream = client.GetStream();
            await stream.WriteAsync("INFO\r\nQUIT\r\n"u8.ToArray(), cancellation);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            while (await reader.ReadLineAsync(cancellation) is { } line)
                if (line.Split(':', 2) is [var name, var value]) fields[name] = value;
            return fields;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // Not listening yet.
            return new Dictionary<string, string>();
        }
    }
}
