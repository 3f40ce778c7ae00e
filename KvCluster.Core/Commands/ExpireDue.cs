namespace KvCluster.Core.Commands;

/// <summary>Deletes keys whose time is up at this entry's revision, oldest first, at most <paramref name="KeysMax"/> of them.</summary>
public sealed record ExpireDue(int KeysMax) : ControlRecord;
