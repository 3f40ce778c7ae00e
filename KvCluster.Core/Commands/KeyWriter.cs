using System.Buffers.Text;
using System.Globalization;
using KvCluster.Core.Patching;
using KvCluster.Core.State;
using KvCluster.Core.Steps;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Commands;

/// <summary>Carries out one command on one key: checks its condition, computes the new value, writes the rows.</summary>
internal sealed class KeyWriter(ExpiryIndex expiry)
{
    private const int ScratchBytesKept = 1 << 20;
    private const int NumberBytesMax = 20;

    // The largest moment that is also a revision.
    private const long ExpiresAtMax = (1L << 47) - 1;

    private byte[] _scratch = new byte[8_192];

    /// <summary>Rows of keys that were added, less those that were deleted by a command.</summary>
    public long Added { get; private set; }

    /// <summary>Bytes of rows stored ever: how much a batch grows by.</summary>
    public long StoredBytes { get; private set; }

    /// <param name="generation">Slot epoch of the key's slot.</param>
    /// <param name="now">Revision of the entry.</param>
    public Outcome Execute(in CommandView command, long generation, Revision now, IStateBatch batch)
    {
        Span<byte> row = stackalloc byte[StateRow.DataBytes(command.Key)];
        StateRow.WriteData(row, command.Key);
        var current = CurrentValue.Read(batch, row, generation, now);
        if (!command.Condition.Holds(current.Revision)) return new Outcome(OutcomeCode.PreconditionFailed, current.Revision);
        var write = new RowWrite(row, command.Key, current, generation, now, batch);
        return command.Type switch
        {
            CommandType.Put => Put(command, write),
            CommandType.Delete => Delete(write),
            CommandType.Increment => Increment(command, write),
            CommandType.Expire => Expire(command, write),
            _ => Patch(command, write),
        };
    }

    private Outcome Put(in CommandView command, in RowWrite write) =>
        Store(write, ExpiresAt(command.Expiry, write), command.ContentType, command.Body);

    private Outcome Delete(in RowWrite write)
    {
        if (!write.Current.IsVisible) return new Outcome(OutcomeCode.Absent);
        if (write.Current.Header.ExpiresAt != 0) ExpiryIndex.Remove(write.Batch, write.Current.Header.ExpiresAt, write.Key);
        write.Batch.Delete(write.Row);
        Added--;
        return new Outcome(OutcomeCode.Deleted, write.Now);
    }

    private Outcome Increment(in CommandView command, in RowWrite write)
    {
        var number = 0L;
        ReadOnlySpan<byte> contentType = "text/plain"u8;
        if (write.Current.IsVisible)
        {
            if (write.Current.ValueBytes is 0 or > NumberBytesMax) return new Outcome(OutcomeCode.ValueNotNumber, write.Current.Revision);
            Span<byte> row = stackalloc byte[ValueRow.FixedBytes + byte.MaxValue + NumberBytesMax];
            row = row[..write.Batch.Read(write.Row, row)];
            contentType = row.Slice(ValueRow.FixedBytes, write.Current.Header.ContentTypeLength).ToArray();
            if (!long.TryParse(row[write.Current.Header.Bytes..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
                return new Outcome(OutcomeCode.ValueNotNumber, write.Current.Revision);
        }

        var sum = number + command.By;
        var isOverflow = ((number ^ sum) & (command.By ^ sum)) < 0;
        if (isOverflow) return new Outcome(OutcomeCode.CounterOverflow, write.Current.Revision);
        Span<byte> text = stackalloc byte[NumberBytesMax];
        Utf8Formatter.TryFormat(sum, text, out var length);
        return Store(write, write.Current.ExpiresAt, contentType, text[..length]) with { Number = sum };
    }

    private Outcome Expire(in CommandView command, in RowWrite write)
    {
        if (!write.Current.IsVisible) return new Outcome(OutcomeCode.Absent);
        var row = write.Batch.Get(write.Row)!;
        var header = write.Current.Header;
        return Store(write, ExpiresAt(command.Expiry, write), row.AsSpan(ValueRow.FixedBytes, header.ContentTypeLength), row.AsSpan(header.Bytes));
    }

    private Outcome Patch(in CommandView command, in RowWrite write)
    {
        ReadOnlyMemory<byte>? value = null;
        ReadOnlySpan<byte> contentType = "application/json"u8;
        if (write.Current.IsVisible)
        {
            var row = write.Batch.Get(write.Row)!;
            value = row.AsMemory(write.Current.Header.Bytes);
            contentType = row.AsSpan(ValueRow.FixedBytes, write.Current.Header.ContentTypeLength);
        }

        var kind = command.Type == CommandType.MergePatch ? PatchKind.Merge : PatchKind.Json;
        var code = JsonPatcher.Apply(kind, value, command.Body, out var patched);
        return code == OutcomeCode.Updated
            ? Store(write, write.Current.ExpiresAt, contentType, patched.Span)
            : new Outcome(code, write.Current.Revision);
    }

    /// <summary>Stores a value for a step.</summary>
    public void Store(in StepState state, ReadOnlySpan<byte> key, in CurrentValue current, long expiresAt, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> value)
    {
        state.Budget.Charge(value.Length);
        Span<byte> row = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(row, key);
        Store(new RowWrite(row, key, current, state.GenerationOf(key), state.Now, state.Writing), expiresAt, contentType, value);
    }

    /// <summary>Removes a visible value for a step.</summary>
    public void Remove(in StepState state, ReadOnlySpan<byte> key, in CurrentValue current)
    {
        Span<byte> row = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(row, key);
        Delete(new RowWrite(row, key, current, state.GenerationOf(key), state.Now, state.Writing));
    }

    private Outcome Store(in RowWrite write, long expiresAt, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> value)
    {
        var header = new ValueHeader(write.Generation, write.Now, expiresAt, contentType.Length);
        var length = header.Bytes + value.Length;
        if (_scratch.Length < length) _scratch = GC.AllocateUninitializedArray<byte>(length);
        ValueRow.WriteHeader(_scratch, header);
        contentType.CopyTo(_scratch.AsSpan(ValueRow.FixedBytes));
        value.CopyTo(_scratch.AsSpan(header.Bytes));
        write.Batch.Put(write.Row, _scratch.AsSpan(0, length));
        StoredBytes += length;
        if (!write.Current.HasRow) Added++;
        if (_scratch.Length > ScratchBytesKept) _scratch = new byte[8_192];

        // The index follows the row that lies there, seen or not.
        var indexed = write.Current.HasRow ? write.Current.Header.ExpiresAt : 0;
        if (indexed != expiresAt)
        {
            if (indexed != 0) ExpiryIndex.Remove(write.Batch, indexed, write.Key);
            if (expiresAt != 0) expiry.Add(write.Batch, expiresAt, write.Key);
        }

        return new Outcome(write.Current.IsVisible ? OutcomeCode.Updated : OutcomeCode.Created, write.Now, 0, expiresAt);
    }

    private static long ExpiresAt(in Expiry expiry, in RowWrite write) => ExpiresAt(expiry, write.Current, write.Now);

    /// <summary>When a value expires that replaces <paramref name="current"/> at <paramref name="now"/>.</summary>
    public static long ExpiresAt(in Expiry expiry, in CurrentValue current, Revision now) => expiry.Kind switch
    {
        ExpiryKind.Keep => current.ExpiresAt,
        ExpiryKind.After => Math.Clamp(now.Milliseconds + Math.Clamp(expiry.Milliseconds, 0, ExpiresAtMax / 2), 1, ExpiresAtMax),
        ExpiryKind.At => Math.Clamp(expiry.Milliseconds, 1, ExpiresAtMax),
        _ => 0,
    };
}
