using System.Globalization;
using System.Text;
using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Storage.Segments;

/// <summary>Entries that say themselves which they are.</summary>
internal static class LogEntries
{
    /// <param name="padding">Bytes more.</param>
    public static LogEntry Of(long epoch, long index, int padding = 0) => new(
        new Epoch(epoch),
        new LogIndex(index),
        new Revision((ulong)index),
        EntryKind.Command,
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{epoch}/{index}{new string('.', padding)}")));

    public static LogEntry[] Range(long epoch, long from, long to, int padding = 0) => [.. Enumerable.Range(0, (int)(to - from + 1)).Select(i => Of(epoch, from + i, padding))];

    public static void AssertSame(IEnumerable<LogEntry> expected, IReadOnlyList<LogEntry> found) => Assert.Equal(expected.Select(Text), found.Select(Text));

    public static string Text(LogEntry entry) =>
        string.Create(CultureInfo.InvariantCulture, $"{entry.Epoch.Value} {entry.Index.Value} {entry.Revision.Value} {entry.Kind} {Encoding.UTF8.GetString(entry.Payload.Span)}");
}
