namespace KvCluster.Core.Register.Effects;

/// <summary>What the shell does for a proposer.</summary>
public abstract record ProposerEffect;
