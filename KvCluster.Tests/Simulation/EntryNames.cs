using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Simulation;

/// <summary>Every entry that was ever written to a disk of the node, by its name: the same name must mean the same entry after the same entry (I5).</summary>
internal sealed class EntryNames(string node)
{
    private readonly Dictionary<(Epoch, LogIndex), (LogEntry Entry, Epoch Before)> _entries = [];

    public void Require(in LogEntry entry, Epoch before)
    {
        if (!_entries.TryGetValue((entry.Epoch, entry.Index), out var known))
        {
            _entries[(entry.Epoch, entry.Index)] = (entry, before);
            return;
        }

        if (known.Entry.Revision != entry.Revision || known.Entry.Kind != entry.Kind || !known.Entry.Payload.Span.SequenceEqual(entry.Payload.Span))
            throw new InvariantViolation("I5", $"{node}: two different entries are called {entry.Epoch}/{entry.Index}.");
        if (known.Before != before)
            throw new InvariantViolation("I5", $"{node}: entry {entry.Epoch}/{entry.Index} follows an entry of epoch {known.Before} in one log and of {before} in another.");
    }
}
