namespace KvCluster.Core.Commands;

/// <summary>Deletes keys whose time to live is over at this entry's revision, the earliest first.</summary>
/// <param name="KeysMax">At most so many keys, so that one entry stays cheap to apply.</param>
public sealed record ExpireDue(int KeysMax) : ControlRecord;
