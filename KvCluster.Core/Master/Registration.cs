using System.Collections.Immutable;
using System.Globalization;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>
/// How servers come into the topology. A store that is known keeps its place under a new run; an unknown one becomes main of a new
/// node or a learner of an existing one, never more.
/// </summary>
public static class Registration
{
    private const int ServersPerNode = 2;

    /// <summary>The first topology of a new cluster: its first server, which holds the master's office.</summary>
    public static ClusterTopology Bootstrap(ClusterId cluster, ClusterSettings settings, RegistrationRequest first)
    {
        var empty = new ClusterTopology { ClusterId = cluster, Version = 0, Settings = settings };
        var decision = Register(empty, first with { ClusterId = ClusterId.None });
        var next = decision.Next ?? throw new ArgumentException(decision.Detail, nameof(first));
        var server = next.FindServer(first.StoreId)!;
        var voters = server.VoterId is { } vote ? ImmutableArray.Create(new VoterInfo(server.Id, vote, server.Peer)) : [];
        return (next with { Master = server.Id, Voters = voters }).Stamp(empty, first.RunId);
    }

    public static TopologyDecision Register(ClusterTopology topology, RegistrationRequest request)
    {
        if (request.ClusterId != ClusterId.None && request.ClusterId != topology.ClusterId)
            return TopologyDecision.Refuse(ProblemCode.ClusterMismatch, $"The server's data belongs to cluster {request.ClusterId}, this is {topology.ClusterId}.");
        if (Mistake(request) is { } mistake) return TopologyDecision.Refuse(ProblemCode.RegistrationInvalid, mistake);
        var known = topology.FindServer(request.StoreId);
        if (known is not null && topology.WasMadeBy(request.RunId)) return new TopologyDecision(topology);
        if (known is not null && RefusalOfOldDisk(topology, known, request) is { } refusal) return refusal;
        var holder = topology.Servers.FirstOrDefault(server => server.Name == request.Name && server.StoreId != request.StoreId);
        if (holder is not null) return known is null ? Replace(topology, holder, request) : Taken(request);
        return known is null ? Add(topology, request) : new TopologyDecision(Restart(topology, known, request));
    }

    /// <summary>This run has its place, so it need not be decided again.</summary>
    /// <remarks>A late request of an earlier disk of the same server may have taken the place since: then it is asked for anew, under the same request.</remarks>
    public static bool IsDone(ClusterTopology topology, RegistrationRequest request) => topology.WasMadeBy(request.RunId) && topology.FindServer(request.StoreId) is not null;

    private static string? Mistake(RegistrationRequest request) =>
        request.Name is not { Length: > 0 and <= 100 } ? "A server's name has 1 to 100 characters."
        : request.StoreId.Value == Guid.Empty ? "A server without a store cannot be registered."
        : request.RunId == Guid.Empty ? "A registration names the run of the process."
        : request.Http is not { IsAbsoluteUri: true } || request.Http.Scheme != Uri.UriSchemeHttp ? "The server's http address must be an absolute http url."
        : !IsAddress(request.Peer) ? "The server's peer address must be host:port."
        : null;

    // The other server of the node will dial it: what cannot be dialled must not get into the topology.
    private static bool IsAddress(string? peer) =>
        peer?.LastIndexOf(':') is int colon and > 0
        && int.TryParse(peer.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        && port is > 0 and <= 65_535;

    private static TopologyDecision Taken(RegistrationRequest request) =>
        TopologyDecision.Refuse(ProblemCode.IdentityTaken, $"Another server is registered under the name {request.Name}.");

    // A folder that does not remember the newest run of its store was restored, or is a late word of a run that is over: it lacks what that run
    // acknowledged. Outside the in-sync set it counts for nothing anyway.
    private static TopologyDecision? RefusalOfOldDisk(ClusterTopology topology, ServerInfo known, RegistrationRequest request)
    {
        var isNewest = request.KnownRuns is not { } runs || known.RunId == Guid.Empty || known.RunId == request.RunId || runs.Contains(known.RunId);
        if (isNewest || topology.NodeOf(known.Id) is not { } node || !node.InSync.Contains(known.Id)) return null;
        return node.InSync.Length > 1
            ? TopologyDecision.Refuse(ProblemCode.StoreOutdated, $"The data folder of {known.Name} is an old one: the cluster has seen a later run of it. The other server of {node.Name} has everything.")
            : TopologyDecision.Refuse(ProblemCode.OnlyCopyOutdated, $"The data folder of {known.Name} is an old one: the cluster has seen a later run of it, and what that run wrote is nowhere else.");
    }

    // A new run of a known store. The main's new run needs a new epoch: an index of the tail that it may have lost must not be used twice.
    private static ClusterTopology Restart(ClusterTopology topology, ServerInfo known, RegistrationRequest request)
    {
        var (server, next) = Describe(topology, known.Id, request);
        if (next.NodeOf(known.Id) is not { } node) return next with { Witnesses = next.Witnesses.Replace(next.FindServer(known.Id)!, server) };
        return next.With(node with
        {
            Servers = node.Servers.Replace(node.Find(known.Id)!, server),
            Epoch = node.Main == known.Id ? node.Epoch.Next : node.Epoch,
        });
    }

    // The same server with another disk: it may take the old one's place only where the old one counts for nothing.
    private static TopologyDecision Replace(ClusterTopology topology, ServerInfo old, RegistrationRequest request)
    {
        if (old.Http != request.Http || (request.Kind == ServerKind.Witness) != topology.Witnesses.Contains(old)) return Taken(request);
        var node = topology.NodeOf(old.Id);
        if (node?.InSync.Contains(old.Id) == true)
        {
            return TopologyDecision.Refuse(
                ProblemCode.IdentityTaken, $"{request.Name} has lost its data folder, but the old one still counts as in sync; it can be replaced when it has been taken out.");
        }

        var (server, next) = Describe(topology with { NextServerId = topology.NextServerId + 1 }, new ServerId(topology.NextServerId), request);
        return new TopologyDecision(node is null
            ? next with { Witnesses = next.Witnesses.Replace(old, server) }
            : next.With(node with { Servers = node.Servers.Replace(old, server) }));
    }

    private static TopologyDecision Add(ClusterTopology topology, RegistrationRequest request)
    {
        // A store of this cluster that the topology does not name was taken out. Only a restore may have forgotten one: then it has not seen the new lineage.
        var isReturning = request.ClusterId != ClusterId.None;
        if (isReturning && request.Lineage >= topology.Lineage)
            return TopologyDecision.Refuse(ProblemCode.ServerRemoved, $"{request.Name} was taken out of this cluster. To let it in as a new server start it with an empty data folder.");
        var (server, next) = Describe(topology with { NextServerId = topology.NextServerId + 1 }, new ServerId(topology.NextServerId), request);
        if (request.Kind == ServerKind.Witness) return new TopologyDecision(next with { Witnesses = next.Witnesses.Add(server) });
        var node = WantedNode(topology, request);
        if (node is null && request.PreferredRole == PreferredRole.Replica)
            return TopologyDecision.Refuse(ProblemCode.RegistrationWaiting, $"{request.Name} waits for the main of its node.");
        if (node is null) return new TopologyDecision(DealSlots(AddNode(next, server, request)));
        if (node.Servers.Length >= ServersPerNode)
            return TopologyDecision.Refuse(ProblemCode.RegistrationInvalid, $"{node.Name} has both its servers already.");
        return new TopologyDecision(next.With(node with { Servers = node.Servers.Add(server) }));
    }

    private static NodeInfo? WantedNode(ClusterTopology topology, RegistrationRequest request) =>
        request.Node is { Length: > 0 } name ? topology.Nodes.FirstOrDefault(node => node.Name == name)
        : request.PreferredRole == PreferredRole.Main ? null
        : topology.Nodes.FirstOrDefault(node => node.Servers.Length < ServersPerNode);

    private static ClusterTopology AddNode(ClusterTopology topology, ServerInfo main, RegistrationRequest request)
    {
        var id = new NodeId(topology.NextNodeId);
        var node = new NodeInfo
        {
            Id = id,
            Name = request.Node is { Length: > 0 } name ? name : id.ToString(),
            // What a forgotten store wrote must lie below everything it is told to do now.
            Epoch = new Epoch(request.ClusterId == ClusterId.None ? 1 : 1 + Restoration.EpochLeap),
            Main = main.Id,
            InSync = [main.Id],
            Servers = [main],
        };
        return topology with { Nodes = topology.Nodes.Add(node), NextNodeId = topology.NextNodeId + 1 };
    }

    private static (ServerInfo Server, ClusterTopology Next) Describe(ClusterTopology topology, ServerId id, RegistrationRequest request) => (
        new ServerInfo
        {
            Id = id,
            StoreId = request.StoreId,
            Incarnation = new Incarnation(topology.NextIncarnation),
            RunId = request.RunId,
            Name = request.Name,
            Http = request.Http,
            Peer = request.Peer,
            Resp = request.Resp,
            VoterId = request.VoterId,
        },
        topology with { NextIncarnation = topology.NextIncarnation + 1 });

    // Once, over the nodes that form the first cluster; a node that comes later gets its slots by migration.
    private static ClusterTopology DealSlots(ClusterTopology topology)
    {
        if (topology.Nodes.Length < topology.Settings.InitialNodes || topology.Nodes.Any(node => !node.Slots.IsEmpty)) return topology;
        var ranges = SlotRange.Split(topology.Nodes.Length);
        var nodes = topology.Nodes.Select((node, i) => node with { Slots = [ranges[i]], SlotEpoch = topology.NextMigrationId });
        return topology with { Nodes = [.. nodes], NextMigrationId = topology.NextMigrationId + 1 };
    }
}
