using System.Collections.Immutable;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Register;

/// <summary>All that a voter keeps, in one small file that is replaced as a whole.</summary>
public sealed record VoterState
{
    public required ClusterId ClusterId { get; init; }
    public required int Lineage { get; init; }

    /// <summary>Drawn when the file is made. A file that is gone or unreadable is another voter, not a blank one (R9).</summary>
    public required Guid VoterId { get; init; }

    /// <summary>Generations below it are refused for ever.</summary>
    public long Floor { get; init; }
    public VoterPointer? MovedTo { get; init; }

    /// <summary>At most two: the generation in force and the one that is being closed.</summary>
    public ImmutableArray<VoterRegister> Registers { get; init; } = [];
    public VoterReadiness? Ready { get; init; }

    public VoterRegister? Find(long generation)
    {
        foreach (var register in Registers)
            if (register.Generation == generation) return register;
        return null;
    }
}
