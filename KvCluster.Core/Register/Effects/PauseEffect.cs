namespace KvCluster.Core.Register.Effects;

/// <summary>Somebody else's ballot was in the way: go on after a random pause of 1 to 2^<paramref name="Attempt"/> round trips, or two proposers could stop each other for ever.</summary>
public sealed record PauseEffect(int Attempt) : ProposerEffect;
