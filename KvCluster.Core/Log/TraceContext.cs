namespace KvCluster.Core.Log;

/// <summary>Which trace a request belongs to and which span of it asked (W3C Trace Context), for those requests that are recorded; null for all others.</summary>
/// <remarks>It travels beside an entry so that the other server's work shows up in the caller's trace. It is not part of the entry: no disk keeps it and no decision looks at it.</remarks>
public sealed record TraceContext(UInt128 TraceId, ulong SpanId);
