using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KvCluster.Tests.Resp;

/// <summary>A client that shows each answer as one line, as <see cref="RespAnswerReader"/> does.</summary>
internal sealed class RespTestClient : IDisposable
{
    private readonly TcpClient _socket;
    private readonly BufferedStream _stream;
    private readonly RespAnswerReader _answers;

    private RespTestClient(TcpClient socket)
    {
        (_socket, _stream) = (socket, new BufferedStream(socket.GetStream()));
        _answers = new RespAnswerReader(_stream);
    }

    public static async Task<RespTestClient> ConnectAsync(int port)
    {
        var socket = new TcpClient { NoDelay = true, ReceiveTimeout = 30_000 };
        await socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return new RespTestClient(socket);
    }

    /// <summary>Sends words as an array of bulk strings and returns the answer.</summary>
    public string Ask(params string[] words)
    {
        Send(words);
        return Read();
    }

    /// <summary>A line as a person types it, words in blanks, as an array.</summary>
    public string Line(string line) => Ask(line.Split(' '));

    public void Send(params string[] words) => Raw(Encode(words));

    public static byte[] Encode(params string[] words)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words) text.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    public void Raw(byte[] bytes) => _socket.GetStream().Write(bytes);
    public void Raw(string text) => Raw(Encoding.Latin1.GetBytes(text));

    /// <summary>True when the server closed the connection.</summary>
    public bool IsAtEnd() => _stream.ReadByte() < 0;

    public string Read() => _answers.Read();

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }
}
