using System.Globalization;
using System.Text;
using KvCluster.Core.Steps;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Resp;

/// <summary>The CLUSTER command: the topology in the words of Redis Cluster.</summary>
internal static class ClusterCommands
{
    public static ValueTask Cluster(RespSession session, RespParser request)
    {
        var (writer, server) = (session.Writer, session.Server);
        var word = request[1];
        if (RespText.Is(word, "MYID"u8)) writer.Bulk(RespNodes.IdOf(server));
        else if (RespText.Is(word, "KEYSLOT"u8) && request.Count == 3) writer.Number(SlotHash.Of(request[2]).Value);
        else if (RespText.Is(word, "INFO"u8)) writer.Verbatim(Info(server));
        else if (RespText.Is(word, "NODES"u8)) writer.Verbatim(Nodes(server));
        else if (RespText.Is(word, "SLOTS"u8)) Slots(session);
        else if (RespText.Is(word, "SHARDS"u8)) Shards(session);
        else if (RespText.Is(word, "LINKS"u8) && request.Count == 2) Links(session);
        else if (RespText.Is(word, "COUNTKEYSINSLOT"u8) && request.Count == 3) KeysInSlot(session, request[2], null);
        else if (RespText.Is(word, "GETKEYSINSLOT"u8) && request.Count == 4) KeysInSlot(session, request[2], request[3]);
        else if (RespText.Is(word, "REPLICAS"u8) && request.Count == 3) Replicas(session, RespText.Of(request[2]));
        else if (!RespHelp.TryWrite(writer, "cluster", request)) writer.Error(RespErrors.NoSubcommand("cluster", RespText.Of(word)));
        return default;
    }

    private static string Info(RespServer server)
    {
        var topology = server.Holder.Current;
        var own = server.Status();
        var assigned = topology?.Nodes.Sum(SlotsOf) ?? 0;

        // This server knows of its own node only; others say MOVED and then do not answer.
        var failed = topology?.Nodes.Where(node => RespNodes.HealthOf(server, own, node, node.MainServer) == ServerHealth.Dead).Sum(SlotsOf) ?? 0;
        var text = new StringBuilder();
        void Line(string name, object value) => text.Append(CultureInfo.InvariantCulture, $"{name}:{value}\r\n");
        Line("cluster_enabled", 1);
        Line("cluster_state", assigned == Slot.Count && failed == 0 ? "ok" : "fail");
        Line("cluster_slots_assigned", assigned);
        Line("cluster_slots_ok", assigned - failed);
        Line("cluster_slots_pfail", 0);
        Line("cluster_slots_fail", failed);
        Line("cluster_known_nodes", topology?.Nodes.Sum(node => RespNodes.Reachable(node).Count()) ?? 0);
        Line("cluster_size", topology?.Nodes.Count(node => node.Slots.Length > 0) ?? 0);
        Line("cluster_current_epoch", topology?.Version ?? 0);
        Line("cluster_my_epoch", server.Holder.OwnNode?.Epoch.Value ?? 0);
        return text.ToString();
    }

    private static int SlotsOf(NodeInfo node) => node.Slots.Sum(range => range.Length);

    private static string Nodes(RespServer server)
    {
        var text = new StringBuilder();
        foreach (var node in server.Holder.Current?.Nodes ?? [])
            foreach (var one in RespNodes.Reachable(node)) AppendNode(text, server, node, one);
        return text.ToString();
    }

    private static void AppendNode(StringBuilder text, RespServer server, NodeInfo node, ServerInfo one)
    {
        var (host, port) = RespNodes.Address(one);
        var isMain = one.Id == node.Main;
        var health = RespNodes.HealthOf(server, server.Status(), node, one);
        var flags = (one.Id == server.Holder.Self ? "myself," : "") + (isMain ? "master" : "slave") + health switch { ServerHealth.Dead => ",fail", ServerHealth.Doubtful => ",fail?", _ => "" };
        var main = isMain ? "-" : RespNodes.IdOf(node.MainServer);

        // Who holds everything is connected; one that is catching up or away must not be read from.
        var link = node.InSync.Contains(one.Id) ? "connected" : "disconnected";
        text.Append(CultureInfo.InvariantCulture, $"{RespNodes.IdOf(one)} {host}:{port}@{port} {flags} {main} 0 0 {node.Epoch.Value} {link}");
        if (isMain)
            foreach (var range in node.Slots) text.Append(' ').Append(range.First == range.Last ? range.First.ToString(CultureInfo.InvariantCulture) : range.ToString());
        text.Append('\n');
    }

    private static void Slots(RespSession session)
    {
        var writer = session.Writer;
        var ranges = (session.Server.Holder.Current?.Nodes ?? []).Where(node => node.MainServer.Resp is not null).SelectMany(node => node.Slots.Select(range => (node, range))).ToArray();
        writer.Array(ranges.Length);
        foreach (var (node, range) in ranges)
        {
            var servers = RespNodes.Reachable(node).Where(one => node.InSync.Contains(one.Id)).OrderBy(one => one.Id != node.Main).ToArray();
            writer.Array(2 + servers.Length);
            writer.Number(range.First);
            writer.Number(range.Last);
            foreach (var one in servers)
            {
                var (host, port) = RespNodes.Address(one);
                writer.Array(4);
                writer.Bulk(host);
                writer.Number(port);
                writer.Bulk(RespNodes.IdOf(one));
                writer.Array(0);
            }
        }
    }

    private static void Shards(RespSession session)
    {
        var writer = session.Writer;
        var nodes = session.Server.Holder.Current?.Nodes ?? [];
        writer.Array(nodes.Length);
        foreach (var node in nodes)
        {
            writer.Map(2);
            writer.Bulk("slots");
            writer.Array(node.Slots.Length * 2);
            foreach (var range in node.Slots)
            {
                writer.Number(range.First);
                writer.Number(range.Last);
            }

            writer.Bulk("nodes");
            var servers = RespNodes.Reachable(node).ToArray();
            writer.Array(servers.Length);
            foreach (var one in servers) Shard(writer, session.Server, node, one);
        }
    }

    private static void Shard(RespWriter writer, RespServer server, NodeInfo node, ServerInfo one)
    {
        var (host, port) = RespNodes.Address(one);
        writer.Map(7);
        writer.Bulk("id");
        writer.Bulk(RespNodes.IdOf(one));
        writer.Bulk("port");
        writer.Number(port);
        writer.Bulk("ip");
        writer.Bulk(host);
        writer.Bulk("endpoint");
        writer.Bulk(host);
        writer.Bulk("role");
        writer.Bulk(one.Id == node.Main ? "master" : "replica");
        writer.Bulk("replication-offset");
        writer.Number(OffsetOf(server, node, one));
        writer.Bulk("health");
        writer.Bulk(RespNodes.HealthOf(server, server.Status(), node, one) switch { ServerHealth.Well => "online", ServerHealth.Dead => "failed", _ => "loading" });
    }

    // How far other nodes are, this server does not know.
    private static long OffsetOf(RespServer server, NodeInfo node, ServerInfo one)
    {
        var own = server.Status();
        if (one.Id == server.Holder.Self) return own.LogLast.Value;
        return node.Main == server.Holder.Self && own.ReplicationLag is { } lag ? own.LogLast.Value - lag : 0;
    }

    // Servers of one node speak to each other, on a connection for beacons and one for entries that the lower id dials; no others do.
    private static void Links(RespSession session)
    {
        var (writer, server) = (session.Writer, session.Server);
        var other = RespNodes.IsLinked(server, server.Status()) ? server.Holder.OwnNode?.Servers.FirstOrDefault(one => one.Id != server.Holder.Self) : null;
        var count = other is null ? 0 : 2;
        writer.Array(count);
        for (var i = 0; i < count; i++)
        {
            writer.Map(3);
            writer.Bulk("direction");
            writer.Bulk(server.Holder.Self.Value < other!.Id.Value ? "to" : "from");
            writer.Bulk("node");
            writer.Bulk(RespNodes.IdOf(other));
            writer.Bulk("events");
            writer.Bulk("rw");
        }
    }

    private static void Replicas(RespSession session, string id)
    {
        var writer = session.Writer;
        if ((session.Server.Holder.Current?.Nodes ?? []).FirstOrDefault(one => RespNodes.IdOf(one.MainServer) == id) is not { } node)
        {
            writer.Error($"ERR Unknown node {RespErrors.Shortened(id)}");
            return;
        }

        var replicas = RespNodes.Reachable(node).Where(one => one.Id != node.Main).ToArray();
        writer.Array(replicas.Length);
        foreach (var one in replicas)
        {
            var text = new StringBuilder();
            AppendNode(text, session.Server, node, one);
            writer.Bulk(text.ToString().TrimEnd('\n'));
        }
    }

    private static void KeysInSlot(RespSession session, ReadOnlySpan<byte> slotText, ReadOnlySpan<byte> countText)
    {
        var writer = session.Writer;
        var count = 0L;
        var wantsKeys = !countText.IsEmpty;
        var isSlot = NumberText.TryInteger(slotText, out var slot) && slot is >= 0 and < Slot.Count;
        if (!isSlot && !wantsKeys) writer.Error("ERR Invalid slot");
        else if (!isSlot || (wantsKeys && (!NumberText.TryInteger(countText, out count) || count < 0))) writer.Error("ERR Invalid slot or number of keys");
        else
        {
            count = Math.Min(count, RespLimits.KeysInSlotMax);
            var keys = new List<byte[]>();
            var found = 0L;
            var refusal = session.Server.Store.VisitKeys([], [], (key, _, _) =>
            {
                if (SlotHash.Of(key).Value != slot) return true;
                if (wantsKeys && keys.Count >= count) return false;
                found++;
                if (wantsKeys) keys.Add(key.ToArray());
                return true;
            });
            if (wantsKeys) KeyspaceCommands.Write(session, refusal, keys);
            else if (refusal != Core.Replication.Refusal.None) writer.Error(RespRouter.OfKeyspace(refusal));
            else writer.Number(found);
        }
    }
}
