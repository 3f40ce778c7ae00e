using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>The replication of one server in its node. <see cref="Step"/> is the only door.</summary>
public sealed class ReplicationCore
{
    public ReplicationCore(CoreStart start, ReplicationOptions options, PlantedBugs bugs = PlantedBugs.None) => throw new NotImplementedException();

    public ReplicaRole Role => throw new NotImplementedException();
    public NodeConfiguration? Configuration => throw new NotImplementedException();
    public LogPosition Last => throw new NotImplementedException();
    public LogIndex Durable => throw new NotImplementedException();
    public LogIndex Committed => throw new NotImplementedException();
    public LogIndex Applied => throw new NotImplementedException();

    /// <summary>When <see cref="TimePassed"/> has to come at the latest, in monotonic microseconds.</summary>
    public long NextDeadline => throw new NotImplementedException();

    /// <summary>Takes one input at one moment and adds what has to be done to <paramref name="effects"/>, in order.</summary>
    public void Step(ReplicationInput input, Now now, List<ReplicationEffect> effects) => throw new NotImplementedException();
}
