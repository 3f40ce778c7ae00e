using System.Globalization;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Benchmarks.Micro;

/// <summary>Log entries as a load of small puts makes them.</summary>
internal static class SampleEntries
{
    public const int Keys = 100_000;
    private const int ValueBytes = 100;
    private static readonly Epoch FirstEpoch = new(1);
    private static readonly byte[] Value = [.. Enumerable.Range(0, ValueBytes).Select(i => (byte)i)];

    /// <summary>Gives a node all slots; without it no command has an effect.</summary>
    public static LogEntry Adoption(LogIndex index) => new(
        FirstEpoch, index, RevisionOf(index), EntryKind.Control, CommandCodec.Encode(new SlotAdopt([.. SlotRange.Split(1)], 1)));

    public static PutCommand Put(long number) => new()
    {
        Key = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bench:{number * 7919 % Keys:D10}")),
        Value = Value,
    };

    public static LogEntry PutEntry(LogIndex index) =>
        new(FirstEpoch, index, RevisionOf(index), EntryKind.Command, CommandCodec.Encode(Put(index.Value)));

    public static LogEntry[] Puts(LogIndex first, int count) =>
        [.. Enumerable.Range(0, count).Select(i => PutEntry(new LogIndex(first.Value + i)))];

    private static Revision RevisionOf(LogIndex index) => new((ulong)index.Value << 8);
}
