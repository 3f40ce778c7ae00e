namespace KvCluster.Core.Commands;

/// <summary>Changes a JSON value by a patch document; the time to live stays.</summary>
public sealed record PatchCommand : Command
{
    public required PatchKind Kind { get; init; }
    public required ReadOnlyMemory<byte> Patch { get; init; }
}
