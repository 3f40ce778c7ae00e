using System.Buffers.Binary;
using System.Diagnostics;
using KvCluster.Core.Log;
using KvCluster.Core.Replication.Messages;
using KvCluster.Node.Diagnostics;

namespace KvCluster.Node.Replication;

/// <summary>The spans of a write behind its request: the disk and the state at both servers, and the way between them.</summary>
/// <remarks>
/// A write is one trace although five threads and two processes work on it in groups: its entry carries the request's context along, and each
/// station adds a span for every recorded entry of the group it worked on. Without a listener the stations look at one flag, and an entry
/// that is not recorded carries nothing.
/// </remarks>
internal static class EntryTracing
{
    private const string IndexTag = "kvcluster.log.index";

    public static bool IsWatched => NodeActivities.Source.HasListeners();

    /// <summary>The context of the request under way, when it is recorded.</summary>
    public static TraceContext? Current => IsWatched && Activity.Current is { Recorded: true } activity ? ContextOf(activity) : null;

    /// <summary>Notes the recorded entries of a group that work begins on.</summary>
    public static void Collect(IReadOnlyList<LogEntry> entries, int offset, int count, List<LogEntry> recorded)
    {
        if (!IsWatched) return;
        for (var i = offset; i < offset + count; i++)
            if (entries[i].Trace is not null) recorded.Add(entries[i]);
    }

    /// <summary>The work on these entries has ended: a span for each.</summary>
    public static void Record(string name, List<LogEntry> recorded, DateTimeOffset began)
    {
        foreach (var entry in recorded) Start(name, ActivityKind.Internal, entry, began)?.Dispose();
        recorded.Clear();
    }

    /// <summary>Begins a span for each recorded entry of a message that is being sent; what the other server does hangs below it.</summary>
    /// <returns>The message to send in its place, and the spans to end when it is sent; none for a message without recorded entries.</returns>
    public static (Append Message, List<Activity> Spans)? BeginSend(PeerMessage message)
    {
        if (!IsWatched || message is not Append append || !append.Entries.Any(entry => entry.Trace is not null)) return null;
        var spans = new List<Activity>();
        var now = DateTimeOffset.UtcNow;
        var entries = append.Entries.Select(entry =>
        {
            if (entry.Trace is null || Start(NodeActivities.PeerSend, ActivityKind.Producer, entry, now) is not { } span) return entry;
            spans.Add(span);
            return entry with { Trace = ContextOf(span) };
        }).ToArray();
        return (append with { Entries = entries }, spans);
    }

    private static Activity? Start(string name, ActivityKind kind, in LogEntry entry, DateTimeOffset began)
    {
        var before = Activity.Current;
        var activity = NodeActivities.Source.StartActivity(name, kind, ParentOf(entry.Trace!), startTime: began);

        // These threads work for many requests at once; none of them is theirs.
        Activity.Current = before;
        return activity?.SetTag(IndexTag, entry.Index.Value);
    }

    private static ActivityContext ParentOf(TraceContext trace)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, trace.TraceId);
        var id = ActivityTraceId.CreateFromBytes(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, trace.SpanId);
        return new ActivityContext(id, ActivitySpanId.CreateFromBytes(bytes[..8]), ActivityTraceFlags.Recorded, isRemote: true);
    }

    private static TraceContext ContextOf(Activity activity)
    {
        Span<byte> bytes = stackalloc byte[24];
        activity.TraceId.CopyTo(bytes[..16]);
        activity.SpanId.CopyTo(bytes[16..]);
        return new TraceContext(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]));
    }
}
