using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace KvCluster.Tests.Resp;

/// <summary>What a client and the server said to each other, as text in which nothing depends on the run.</summary>
internal static partial class RespTranscript
{
    /// <summary>Everything of one connection together, each request with its answer behind it; connections in the order of their text.</summary>
    /// <param name="port">The server's port as the client knows it.</param>
    public static string Of(IEnumerable<(byte[] Requests, byte[] Answers)> connections, int port) =>
        string.Join('\n', connections.Select(connection => Connection(connection.Requests, connection.Answers, port)).Order(StringComparer.Ordinal));

    private static string Connection(byte[] requests, byte[] answers, int port)
    {
        var said = ReadAll(requests);
        var heard = ReadAll(answers);
        var text = new StringBuilder("connection\n");
        var (at, isEstablished) = (0, false);

        // Behind QUIT comes what the client still says while the server hangs up, if it is quick enough.
        foreach (var request in said.Take(said.FindIndex(request => Words(request)[0] == "QUIT") + 1))
        {
            // What nobody asked for at this point: a message of a channel.
            while (at < heard.Count && IsMessage(heard[at])) Line(text, '!', heard[at++], port);
            var answer = at < heard.Count ? heard[at++] : "no answer";
            var name = Words(request)[0];

            // Once it is connected the client asks for a sign of life, in one of two ways that it chooses by its clock.
            if (isEstablished && (name == "PING" || request == "[$INFO $replication]")) continue;
            isEstablished |= name == "ECHO";
            Line(text, '>', Varying(name, request), port);
            Line(text, '<', Varying(name, answer), port);
        }

        return text.ToString();
    }

    private static List<string> ReadAll(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        var reader = new RespAnswerReader(stream);
        var all = new List<string>();
        while (stream.Position < stream.Length) all.Add(reader.Read());
        return all;
    }

    private static string[] Words(string request) => request.TrimStart('[').TrimEnd(']').Split(' ').Select(word => word.TrimStart('$').ToUpperInvariant()).ToArray();
    private static bool IsMessage(string answer) => answer.TrimStart('>').StartsWith("[$message", StringComparison.Ordinal);

    private static void Line(StringBuilder text, char who, string line, int port)
    {
        var shown = line.Replace(port.ToString(CultureInfo.InvariantCulture), "PORT", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal);
        text.Append(who).Append(' ').Append(shown.TrimEnd('\n').Replace("\n", "\n    ", StringComparison.Ordinal)).Append('\n');
    }

    private static string Varying(string command, string line) => command switch
    {
        // A nonce.
        "ECHO" => line[0] == '[' ? "[$ECHO NONCE]" : "NONCE",
        "HELLO" => ClientId().Replace(line, "$1N"),
        "CLIENT" => line[0] == ':' ? ":N" : line,
        "INFO" => InfoValue().Replace(line, "$1:..."),
        _ => line,
    };

    [GeneratedRegex(@"(\$id :)\d+")]
    private static partial Regex ClientId();

    // The rest is the same in every run, and what clients decide by.
    [GeneratedRegex(@"^(?!redis_version|redis_mode|role|run_id|cluster_enabled|maxmemory_policy|loading)([a-z_0-9]+):[^\r\n]*", RegexOptions.Multiline)]
    private static partial Regex InfoValue();
}
