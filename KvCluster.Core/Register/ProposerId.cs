using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Register;

/// <summary>Who proposes: a server, and a number drawn anew at each start of its process, so that a ballot is never used by two runs (R2).</summary>
public readonly record struct ProposerId(ServerId Server, ulong Run)
{
    public int CompareTo(ProposerId other) => Server != other.Server ? Server.CompareTo(other.Server) : Run.CompareTo(other.Run);
    public override string ToString() => $"{Server}/{Run:x}";
}
