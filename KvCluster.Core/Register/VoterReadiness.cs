namespace KvCluster.Core.Register;

/// <summary>The word of a server to vote in a generation if the closing value of this one ballot is decided; it stays startable until released (R17).</summary>
public sealed record VoterReadiness(long Generation, Ballot Ballot);
