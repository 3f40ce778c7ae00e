using KvCluster.Tests.Linearizability;

namespace KvCluster.Tests.Simulation;

/// <summary>The end of a world: all faults are over, the cluster must come back to full health in a stated time, and everything is judged.</summary>
internal sealed class Recovery(SimWorld world)
{
    /// <summary>Rejoin pauses double up to 64 times; the rest is a generous time for a takeover, a snapshot and a join.</summary>
    private long TimeMax =>
        (world.Plan.Options.BeaconMicroseconds * 400) + (world.Plan.Options.RejoinBackoffMicroseconds * 66) + (world.Plan.Options.GraceMicroseconds * 10);

    public void Run()
    {
        world.Heal();

        // A server must come back although nobody stops writing for it.
        if (world.Plan.RecoversUnderLoad) world.RunUntil(world.Plan.Options.BeaconMicroseconds * 100, world.IsComplete, "every server to join while the clients go on");
        foreach (var client in world.Clients) client.IsStopping = true;
        world.RunUntil(TimeMax, () => world.IsComplete() && world.Master.IsWhole && world.Clients.TrueForAll(client => client.IsIdle), "full health, and an end of every call");
        ReadEverything();
        world.RunUntil(TimeMax, AllApplied, "both servers of each node to apply everything");
        CompareCopies();
        CheckHistory();
    }

    // Pins down what every operation of unknown outcome came to.
    private void ReadEverything()
    {
        var reader = new SimClient(world, world.Clients.Count, world.Keys);
        var left = new Queue<SimKey>(world.Keys);
        Next();
        world.RunUntil(TimeMax, () => left.Count == 0 && reader.IsIdle, "one last read of every key");

        void Next()
        {
            if (left.TryDequeue(out var key)) reader.Call(world.Workload.Read(key, SimConsistency.Linearizable), Next);
        }
    }

    private bool AllApplied()
    {
        foreach (var node in world.Nodes)
        {
            var last = node.Main!.Process?.Core?.Core.Last.Index;
            foreach (var server in node.Servers)
                if (server.Disk.Applied.Index != last) return false;
        }

        return true;
    }

    private void CompareCopies()
    {
        foreach (var node in world.Nodes)
        {
            if (node.Servers[0].Disk.Rows.DifferenceTo(node.Servers[1].Disk.Rows) is { } difference)
                throw new InvariantViolation("copies", $"{node.Name}: the two servers differ after all faults are over: {difference}.");
        }
    }

    private void CheckHistory()
    {
        // A node that lost entries in mode Relaxed was allowed to break its promises.
        var judged = world.History.Where(operation => !IsExcused(operation.Key));
        var verdict = LinearizabilityChecker.Check(judged);
        if (verdict.Kind == VerdictKind.Violated) throw new InvariantViolation("linearizability", verdict.Witness);
        if (verdict.Kind == VerdictKind.Undecided) world.Sightings.UndecidedHistories++;
    }

    private bool IsExcused(string key)
    {
        var slot = Protocol.Slots.SlotHash.Of(System.Text.Encoding.UTF8.GetBytes(key));
        return world.Nodes.Exists(node => node.Oracle.HasLostEntries && node.Truth!.Owns(slot));
    }
}
