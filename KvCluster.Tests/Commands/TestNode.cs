using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Execution;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Tests.State;

namespace KvCluster.Tests.Commands;

/// <summary>A state and its executor; entries go through the codec, as they do through a log.</summary>
internal sealed class TestNode
{
    private static readonly SlotRange AllSlots = new(0, Slot.Count - 1);
    private long _index;

    public TestNode(bool ownsAllSlots = true)
    {
        Executor.Load(State);
        if (ownsAllSlots) Apply(new SlotAdopt([AllSlots], 1));
    }

    public MemoryState State { get; } = new();
    public CommandExecutor Executor { get; private set; } = new();

    /// <summary>Revision of the next entry; each entry moves it on by one.</summary>
    public Revision Now { get; set; } = Revision.FromMilliseconds(1_000_000);

    public List<LogEntry> Log { get; } = [];
    public UInt128 Digest => StateDigest.Of(State);

    public Outcome Apply(Command command) => Apply(EntryKind.Command, CommandCodec.Encode(command));
    public Outcome Apply(ControlRecord record) => Apply(EntryKind.Control, CommandCodec.Encode(record));

    public Outcome Apply(EntryKind kind, byte[] payload)
    {
        var entry = new LogEntry(new Epoch(1), new LogIndex(++_index), Now, kind, payload);
        Now = new Revision(Now.Value + 1);
        Log.Add(entry);
        return ApplyBatch([entry])[0];
    }

    /// <summary>Applies entries of another log, together.</summary>
    public Outcome[] ApplyBatch(IReadOnlyList<LogEntry> entries)
    {
        var batch = State.Begin();
        var outcomes = entries.Select(entry => Executor.Apply(entry, batch)).ToArray();
        Executor.EndBatch(batch);
        State.Commit(batch);
        Executor.Publish();
        return outcomes;
    }

    public void Restart()
    {
        Executor = new CommandExecutor();
        Executor.Load(State);
    }

    public void Wait(TimeSpan span) => Now = Now.AddMilliseconds((long)span.TotalMilliseconds);

    /// <summary>An entry without effect, which carries the state's clock on.</summary>
    public void Tick(TimeSpan span)
    {
        Wait(span);
        Apply(EntryKind.NoOp, []);
    }

    public StoredValue? Read(string key) => Executor.TryRead(State, Encoding.UTF8.GetBytes(key));
    public string? Text(string key) => Read(key) is { } value ? Encoding.UTF8.GetString(value.Bytes.Span) : null;
}
