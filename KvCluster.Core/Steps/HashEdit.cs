using System.Buffers;

namespace KvCluster.Core.Steps;

/// <summary>Changes a hash in one walk over it, whatever the number of fields that a step names.</summary>
internal static class HashEdit
{
    /// <summary>Sets fields: known ones in their place, new ones behind them in the order given; of a field named twice the last value counts.</summary>
    /// <param name="changes">Fields and values in turn.</param>
    /// <returns>The new body and how many fields are new.</returns>
    public static (ArrayBufferWriter<byte> Body, int Added) Set(ReadOnlySpan<byte> body, StepArguments changes)
    {
        // Most commands set one field: no table for those.
        var first = changes;
        if (changes.Count == 2) return Set(body, first.Next(), first.Next());
        var next = Begin(body, changes.Bytes);
        var table = new Dictionary<byte[], Change>(changes.Count / 2, FieldNames.Comparer);
        var order = new List<Change>(changes.Count / 2);
        for (var rest = changes; !rest.IsAtEnd;)
        {
            var name = rest.Next();
            var value = changes.Bytes - rest.Bytes;
            rest.Next();
            if (table.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var change))
            {
                change.Value = value;
                continue;
            }

            change = new Change(name.ToArray()) { Value = value };
            table.Add(change.Name, change);
            order.Add(change);
        }

        return (next, SetAll(body, next, changes, table, order));
    }

    /// <summary>Sets one field.</summary>
    public static (ArrayBufferWriter<byte> Body, int Added) Set(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var next = Begin(body, 8 + name.Length + value.Length);
        var isKnown = HashBody.TryFind(body, name, out _, out var entry);
        next.Write(isKnown ? body[..entry.Start] : body);
        HashBody.Write(next, name, value);
        if (isKnown) next.Write(body[entry.End..]);
        return (next, isKnown ? 0 : 1);
    }

    /// <summary>Removes fields.</summary>
    /// <returns>The new body and how many fields are gone.</returns>
    public static (ArrayBufferWriter<byte> Body, int Removed) Remove(ReadOnlySpan<byte> body, StepArguments names)
    {
        var table = new HashSet<byte[]>(FieldNames.Comparer);
        while (!names.IsAtEnd) table.Add(names.Next().ToArray());
        var next = new ArrayBufferWriter<byte>(Math.Max(1, body.Length));
        next.Write(body[..HashBody.FixedBytes]);
        var (at, begin, removed) = (0, HashBody.FixedBytes, 0);
        while (HashBody.TryNext(body, ref at, out var field, out _))
        {
            if (table.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(body[field])) removed++;
            else next.Write(body[begin..at]);
            begin = at;
        }

        return (next, removed);
    }

    /// <summary>The places of the values of the fields named; nothing where there is no such field.</summary>
    public static Range?[] Find(ReadOnlySpan<byte> body, StepArguments names)
    {
        var table = new Dictionary<byte[], Range?>(FieldNames.Comparer);
        for (var rest = names; !rest.IsAtEnd;) table.TryAdd(rest.Next().ToArray(), null);
        var byBytes = table.GetAlternateLookup<ReadOnlySpan<byte>>();
        var at = 0;
        while (HashBody.TryNext(body, ref at, out var field, out var value))
            if (byBytes.TryGetValue(body[field], out var known) && known is null) byBytes[body[field]] = value;
        var found = new Range?[names.Count];
        for (var i = 0; i < found.Length; i++) found[i] = byBytes[names.Next()];
        return found;
    }

    private static ArrayBufferWriter<byte> Begin(ReadOnlySpan<byte> body, int more)
    {
        var next = new ArrayBufferWriter<byte>(body.Length + HashBody.FixedBytes + more);
        if (body.IsEmpty) next.Write([HashBody.Format]);
        return next;
    }

    private static int SetAll(ReadOnlySpan<byte> body, ArrayBufferWriter<byte> next, StepArguments changes, Dictionary<byte[], Change> table, List<Change> order)
    {
        if (!body.IsEmpty) next.Write(body[..HashBody.FixedBytes]);
        var (at, begin) = (0, HashBody.FixedBytes);
        while (HashBody.TryNext(body, ref at, out var field, out _))
        {
            if (table.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(body[field], out var change))
            {
                change.IsKnown = true;
                HashBody.Write(next, change.Name, changes.At(change.Value));
            }
            else
            {
                next.Write(body[begin..at]);
            }

            begin = at;
        }

        var added = 0;
        foreach (var change in order)
        {
            if (change.IsKnown) continue;
            HashBody.Write(next, change.Name, changes.At(change.Value));
            added++;
        }

        return added;
    }

    /// <param name="name">The field.</param>
    private sealed class Change(byte[] name)
    {
        public byte[] Name => name;

        /// <summary>Where its value stands among the arguments.</summary>
        public int Value { get; set; }
        public bool IsKnown { get; set; }
    }
}
