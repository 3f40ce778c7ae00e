using KvCluster.Protocol.Contracts;

namespace KvCluster.Hosting.Sight;

/// <summary>What is shown for a server: a few words and their weight.</summary>
internal readonly record struct ServerSight(string Text, StateTone Tone)
{
    public static ServerSight Of(ServerStatus server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var sight = Plain(server);
        return server.IsMaster ? sight with { Text = sight.Text + ", master" } : sight;
    }

    private static ServerSight Plain(ServerStatus server) => server.State switch
    {
        ServerState.Main => server.IsDegraded ? new("main, one copy", StateTone.Warning) : new("main", StateTone.Good),
        ServerState.Replica => new("replica", StateTone.Good),
        ServerState.Witness => new("witness", StateTone.Good),
        ServerState.Starting => new("starting", StateTone.Busy),
        ServerState.Reconciling => new("reconciling", StateTone.Busy),
        ServerState.Promoting => new("promoting", StateTone.Busy),
        ServerState.CatchingUp => new("catching up", StateTone.Busy),
        ServerState.Unreachable => new("unreachable", StateTone.Warning),
        _ => new("failed", StateTone.Bad),
    };
}
