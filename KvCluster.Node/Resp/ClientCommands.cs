using System.Globalization;
using System.Text;
using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>The CLIENT command.</summary>
internal static class ClientCommands
{
    public const string NameInvalid = "ERR Client names cannot contain spaces, newlines or special characters.";

    public static bool IsName(string name) => name.All(letter => letter is >= '!' and <= '~');

    public static ValueTask Client(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        var word = request[1];
        if (RespText.Is(word, "ID"u8)) writer.Number(session.Id);
        else if (RespText.Is(word, "GETNAME"u8) && session.Name.Length == 0) writer.Nil();
        else if (RespText.Is(word, "GETNAME"u8)) writer.Bulk(session.Name);
        else if (RespText.Is(word, "SETNAME"u8) && request.Count == 3) SetName(session, RespText.Of(request[2]));
        else if (RespText.Is(word, "SETINFO"u8) && request.Count == 4) SetInfo(session, request);
        else if (RespText.Is(word, "INFO"u8)) writer.Verbatim(Line(session) + "\n");
        else if (RespText.Is(word, "LIST"u8)) List(session, request);
        else if ((RespText.Is(word, "NO-EVICT"u8) || RespText.Is(word, "NO-TOUCH"u8)) && request.Count == 3) OnOff(session, request);
        else if (RespText.Is(word, "KILL"u8) && request.Count >= 3) Kill(session, request);
        else if (!RespHelp.TryWrite(writer, "client", request)) writer.Error(RespErrors.NoSubcommand("client", RespText.Of(word)));
        return default;
    }

    private static void List(RespSession session, RespParser request)
    {
        if (ClientSelection.TryFind(session, request, out var found) is { } error) session.Writer.Error(error);
        else session.Writer.Verbatim(string.Concat(found.Select(other => Line(other) + "\n")));
    }

    private static void SetName(RespSession session, string name)
    {
        if (!IsName(name))
        {
            session.Writer.Error(NameInvalid);
            return;
        }

        session.Name = name;
        session.Writer.Ok();
    }

    private static void SetInfo(RespSession session, RespParser request)
    {
        var value = RespText.Of(request[3]);
        var isName = RespText.Is(request[2], "LIB-NAME"u8);
        if (!isName && !RespText.Is(request[2], "LIB-VER"u8)) session.Writer.Error($"ERR Unrecognized option '{RespErrors.Shortened(RespText.Of(request[2]))}'");
        else if (!IsName(value)) session.Writer.Error($"ERR {(isName ? "lib-name" : "lib-ver")} cannot contain spaces, newlines or special characters.");
        else
        {
            if (isName) session.LibraryName = value;
            else session.LibraryVersion = value;
            session.Writer.Ok();
        }
    }

    private static void OnOff(RespSession session, RespParser request)
    {
        if (RespText.Is(request[2], "ON"u8) || RespText.Is(request[2], "OFF"u8)) session.Writer.Ok();
        else session.Writer.Error(RespErrors.Syntax);
    }

    private static void Kill(RespSession session, RespParser request)
    {
        var isById = request.Count == 4 && RespText.Is(request[2], "ID"u8);
        if (!isById || !NumberText.TryInteger(request[3], out var id)) session.Writer.Error("ERR CLIENT KILL knows the form CLIENT KILL ID id only");
        else if (!session.Server.Sessions.TryGetValue(id, out var other)) session.Writer.Number(0);
        else
        {
            session.Writer.Number(1);
            if (other == session) session.IsClosing = true;
            else other.Abort();
        }
    }

    /// <summary>As Redis has it. Memory is what is held for the client: its unread and unsent bytes; its socket's buffers are the system's.</summary>
    private static string Line(RespSession session)
    {
        var text = new StringBuilder();
        var subscriptions = session.Subscriptions;
        var (pushes, pushBytes) = subscriptions.Waiting;
        var (unread, unsent) = (session.Unread(), session.Writer.Written);
        var age = (long)(DateTime.UtcNow - session.Since).TotalSeconds;
        var idle = (Environment.TickCount64 - session.LastSeen) / 1_000;
        text.Append(CultureInfo.InvariantCulture, $"id={session.Id} addr={session.Remote} laddr={session.Local} fd={Descriptor(session)} name={session.Name} age={age} idle={idle} ");
        text.Append(CultureInfo.InvariantCulture, $"flags={Flags(session)} db=0 sub={subscriptions.ChannelCount} psub={subscriptions.PatternCount} ssub=0 ");
        text.Append(CultureInfo.InvariantCulture, $"multi={(session.Transaction.IsOpen ? session.Transaction.Count : -1)} qbuf={unread} qbuf-free=0 ");
        text.Append(CultureInfo.InvariantCulture, $"obl={unsent} oll={pushes} omem={pushBytes} tot-mem={unread + unsent + pushBytes} events={(pushes > 0 ? "rw" : "r")} cmd={(session.LastCommand.Length == 0 ? "NULL" : session.LastCommand)} ");
        text.Append(CultureInfo.InvariantCulture, $"user=default redir=-1 resp={session.Writer.Protocol} lib-name={session.LibraryName} lib-ver={session.LibraryVersion}");
        return text.ToString();
    }

    private static string Flags(RespSession session)
    {
        var flags = (session.Subscriptions.Count > 0 ? "P" : "") + (session.Transaction.IsOpen ? "x" : "") + (session.IsReplicaWelcome ? "r" : "") + (session.IsClosing ? "c" : "");
        return flags.Length == 0 ? "N" : flags;
    }

    // A socket that was closed meanwhile has none any more.
    private static long Descriptor(RespSession session) =>
        session.Socket?.SafeHandle is { IsClosed: false, IsInvalid: false } handle ? handle.DangerousGetHandle() : -1;
}
