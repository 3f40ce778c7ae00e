using System.Globalization;
using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>Commands about the connection itself.</summary>
internal static class ConnectionCommands
{
    private const string NoPassword =
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?";

    public static ValueTask Ping(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (request.Count > 2) writer.Error(RespErrors.Arity("ping"));
        else if (session.Subscriptions.Count > 0 && writer.Protocol == 2)
        {
            writer.Array(2);
            writer.Bulk("pong"u8);
            writer.Bulk(request.Count == 2 ? request[1] : []);
        }
        else if (request.Count == 2) writer.Bulk(request[1]);
        else writer.Word("PONG"u8);

        return default;
    }

    public static ValueTask Echo(RespSession session, RespParser request)
    {
        session.Writer.Bulk(request[1]);
        return default;
    }

    public static ValueTask Quit(RespSession session, RespParser request)
    {
        session.Writer.Ok();
        session.IsClosing = true;
        return default;
    }

    public static ValueTask Reset(RespSession session, RespParser request)
    {
        session.Transaction.Reset();
        session.Subscriptions.Clear(session);
        (session.IsReplicaWelcome, session.Name, session.Writer.Protocol) = (false, "", 2);
        session.Writer.Word("RESET"u8);
        return default;
    }

    public static ValueTask Select(RespSession session, RespParser request)
    {
        if (!NumberText.TryInteger(request[1], out var database)) session.Writer.Error(RespErrors.NotInteger);
        else if (database != 0) session.Writer.Error("ERR SELECT is not allowed in cluster mode");
        else session.Writer.Ok();
        return default;
    }

    public static ValueTask Auth(RespSession session, RespParser request)
    {
        if (request.Count > 3) session.Writer.Error(RespErrors.Syntax);
        else if (request.Count == 2) session.Writer.Error(NoPassword);
        else if (Login(request[1]) is { } error) session.Writer.Error(error);
        else session.Writer.Ok();
        return default;
    }

    // As a Redis without passwords: its one user takes any.
    private static string? Login(ReadOnlySpan<byte> user) => user.SequenceEqual("default"u8) ? null : "WRONGPASS invalid username-password pair or user is disabled.";

    public static ValueTask ReadOnly(RespSession session, RespParser request) => SetReplicaWelcome(session, true);
    public static ValueTask ReadWrite(RespSession session, RespParser request) => SetReplicaWelcome(session, false);

    // There are no half-moved slots to ask for.
    public static ValueTask Asking(RespSession session, RespParser request) => Ok(session);

    public static ValueTask Hello(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (request.Count > 1)
        {
            if (!NumberText.TryInteger(request[1], out var version)) writer.Error("ERR Protocol version is not an integer or out of range");
            else if (version is < 2 or > 3) writer.Error("NOPROTO unsupported protocol version");
            else if (TryOptions(session, request) is { } error) writer.Error(error);
            else
            {
                writer.Protocol = (int)version;
                Introduce(session);
            }
        }
        else
        {
            Introduce(session);
        }

        return default;
    }

    private static string? TryOptions(RespSession session, RespParser request)
    {
        string? name = null;
        for (var i = 2; i < request.Count; i++)
        {
            if (RespText.Is(request[i], "AUTH"u8) && i + 2 < request.Count)
            {
                if (Login(request[i + 1]) is { } refused) return refused;
                i += 2;
                continue;
            }

            if (!RespText.Is(request[i], "SETNAME"u8) || i + 1 >= request.Count) return $"ERR Syntax error in HELLO option '{RespErrors.Shortened(RespText.Of(request[i]))}'";
            name = RespText.Of(request[++i]);
            if (!ClientCommands.IsName(name)) return ClientCommands.NameInvalid;
        }

        session.Name = name ?? session.Name;
        return null;
    }

    private static void Introduce(RespSession session)
    {
        var writer = session.Writer;
        writer.Map(7);
        writer.Bulk("server");
        writer.Bulk("redis");
        writer.Bulk("version");
        writer.Bulk(ServerInfoText.RedisVersion);
        writer.Bulk("proto");
        writer.Number(writer.Protocol);
        writer.Bulk("id");
        writer.Number(session.Id);
        writer.Bulk("mode");
        writer.Bulk("cluster");
        writer.Bulk("role");
        writer.Bulk(ServerInfoText.IsMain(session.Server) ? "master" : "replica");
        writer.Bulk("modules");
        writer.Array(0);
    }

    private static ValueTask SetReplicaWelcome(RespSession session, bool isWelcome)
    {
        session.IsReplicaWelcome = isWelcome;
        return Ok(session);
    }

    private static ValueTask Ok(RespSession session)
    {
        session.Writer.Ok();
        return default;
    }

    public static ValueTask Time(RespSession session, RespParser request)
    {
        var now = DateTimeOffset.UtcNow;
        session.Writer.Array(2);
        session.Writer.Bulk(now.ToUnixTimeSeconds());
        session.Writer.Bulk((now.Ticks % TimeSpan.TicksPerSecond / 10).ToString(CultureInfo.InvariantCulture));
        return default;
    }
}
