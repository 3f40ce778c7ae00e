namespace KvCluster.Core.Register.Effects;

/// <summary>The operation has ended.</summary>
public sealed record CompletedEffect(RegisterResult Result) : ProposerEffect;
