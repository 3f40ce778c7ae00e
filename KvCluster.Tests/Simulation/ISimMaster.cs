using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>Who decides on the topology of a world.</summary>
internal interface ISimMaster
{
    /// <summary>What the register says, whoever may have heard of it.</summary>
    ClusterTopology Topology { get; }

    /// <summary>There is a master, and nothing is left to be mended.</summary>
    bool IsWhole { get; }

    void Begin();

    /// <summary>A process asks for its place; it asks again until it has one.</summary>
    void AskRegistration(SimProcess process, RegistrationRequest request, Action<RegistrationAnswer> onAnswer);

    /// <summary>A process asks for its node's next configuration. The answer is a newer topology, or none.</summary>
    void AskChange(SimProcess process, ConfigurationChange change);
    void AskTopology(SimProcess process);
    void SetWriteMode(WriteMode mode);

    /// <summary>An operator promotes a server that is not in sync, having made sure that those who are are dead.</summary>
    void ForcePromotion(NodeInfo node, ServerId server);

    /// <summary>An operator takes a server out that is no main.</summary>
    void Remove(ServerId server);

    /// <summary>Whom a partition separates a server from, to part it from the master.</summary>
    IReadOnlyList<int> SitesFor(SimServer server);

    /// <summary>The master is of no use for so long.</summary>
    void GoAway(long microseconds);
    void Heal();

    /// <summary>The topology is to be decided on by other servers from now on.</summary>
    void ChangeVoters();

    /// <summary>Whether the loss of this server's disk is one that must not hurt.</summary>
    bool MayWipe(SimServer server);

    /// <summary>A server is about to lose its disk.</summary>
    void OnWiped(SimServer server);

    /// <summary>The part that a new process takes in deciding; none where somebody else does it.</summary>
    SimOffice? OfficeFor(SimProcess process);
}
