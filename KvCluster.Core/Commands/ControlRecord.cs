namespace KvCluster.Core.Commands;

/// <summary>
/// An entry that the main adds by itself. Each applies by the state it finds and is a no-op where its guard does not hold, so one that
/// comes twice or late does no harm.
/// </summary>
public abstract record ControlRecord;
