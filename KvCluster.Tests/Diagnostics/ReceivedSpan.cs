namespace KvCluster.Tests.Diagnostics;

/// <summary>A span as a collector gets it; ids in lower-case hexadecimal, the parent empty for a root.</summary>
internal sealed record ReceivedSpan(string Service, string TraceId, string SpanId, string ParentId, string Name);
