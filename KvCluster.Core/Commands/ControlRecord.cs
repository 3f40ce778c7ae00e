namespace KvCluster.Core.Commands;

/// <summary>A record that the main writes by itself; no client waits for it.</summary>
public abstract record ControlRecord;
