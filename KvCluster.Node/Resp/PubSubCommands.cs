using System.Text;

namespace KvCluster.Node.Resp;

/// <summary>Channels. Names are bytes; they are kept as the text that has one letter for each of them.</summary>
internal static class PubSubCommands
{
    public static ValueTask Subscribe(RespSession session, RespParser request) => Add(session, request, false);
    public static ValueTask PSubscribe(RespSession session, RespParser request) => Add(session, request, true);
    public static ValueTask Unsubscribe(RespSession session, RespParser request) => Remove(session, request, false);
    public static ValueTask PUnsubscribe(RespSession session, RespParser request) => Remove(session, request, true);

    public static ValueTask Publish(RespSession session, RespParser request)
    {
        session.Writer.Number(session.Server.Hub.Publish(request[1].ToArray(), request[2].ToArray()));
        return default;
    }

    public static ValueTask PubSub(RespSession session, RespParser request)
    {
        var (writer, hub) = (session.Writer, session.Server.Hub);
        if (RespText.Is(request[1], "CHANNELS"u8))
        {
            var pattern = request.Count > 2 ? request[2].ToArray() : "*"u8.ToArray();
            var names = hub.Channels.Select(Encoding.Latin1.GetBytes).Where(name => GlobPattern.Matches(pattern, name)).ToArray();
            writer.Array(names.Length);
            foreach (var name in names) writer.Bulk(name);
        }
        else if (RespText.Is(request[1], "NUMSUB"u8))
        {
            writer.Array((request.Count - 2) * 2);
            for (var i = 2; i < request.Count; i++)
            {
                writer.Bulk(request[i]);
                writer.Number(hub.SubscriberCount(Encoding.Latin1.GetString(request[i])));
            }
        }
        else if (RespText.Is(request[1], "NUMPAT"u8)) writer.Number(hub.PatternCount);
        else if (!RespHelp.TryWrite(writer, "pubsub", request)) writer.Error(RespErrors.NoSubcommand("pubsub", RespText.Of(request[1])));

        return default;
    }

    private static ValueTask Add(RespSession session, RespParser request, bool isPattern)
    {
        for (var i = 1; i < request.Count; i++)
        {
            if (session.Subscriptions.Count >= RespLimits.ChannelsMax)
            {
                session.Writer.Error("ERR Too many channels");
                continue;
            }

            session.Subscriptions.Add(session, Encoding.Latin1.GetString(request[i]), isPattern);
            Confirm(session, isPattern ? "psubscribe" : "subscribe", request[i]);
        }

        return default;
    }

    private static ValueTask Remove(RespSession session, RespParser request, bool isPattern)
    {
        var kind = isPattern ? "punsubscribe" : "unsubscribe";
        var names = request.Count > 1
            ? Enumerable.Range(1, request.Count - 1).Select(i => Encoding.Latin1.GetString(request[i])).ToArray()
            : [.. session.Subscriptions.Names(isPattern)];
        foreach (var name in names)
        {
            session.Subscriptions.Remove(session, name, isPattern);
            Confirm(session, kind, Encoding.Latin1.GetBytes(name));
        }

        if (names.Length > 0) return default;
        session.Writer.Push(3);
        session.Writer.Bulk(kind);
        session.Writer.Nil();
        session.Writer.Number(session.Subscriptions.Count);
        return default;
    }

    private static void Confirm(RespSession session, string kind, ReadOnlySpan<byte> name)
    {
        session.Writer.Push(3);
        session.Writer.Bulk(kind);
        session.Writer.Bulk(name);
        session.Writer.Number(session.Subscriptions.Count);
    }
}
