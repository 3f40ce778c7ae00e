using System.Buffers.Text;
using System.Globalization;
using KvCluster.Core.Commands;
using KvCluster.Core.Patching;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Execution;

/// <summary>Carries out one command on one key: checks its condition, computes the new value, has it stored.</summary>
internal sealed class KeyWriter(RowWriter rows)
{
    private const int NumberBytesMax = 20;

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
            CommandType.Delete => rows.Delete(write),
            CommandType.Increment => Increment(command, write),
            CommandType.Expire => Expire(command, write),
            _ => Patch(command, write),
        };
    }

    private Outcome Put(in CommandView command, in RowWrite write) =>
        rows.Store(write, ExpiresAt(command.Expiry, write), command.ContentType, command.Body);

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
        return rows.Store(write, write.Current.ExpiresAt, contentType, text[..length]) with { Number = sum };
    }

    private Outcome Expire(in CommandView command, in RowWrite write)
    {
        if (!write.Current.IsVisible) return new Outcome(OutcomeCode.Absent);
        var row = write.Batch.Get(write.Row)!;
        var header = write.Current.Header;
        return rows.Store(write, ExpiresAt(command.Expiry, write), row.AsSpan(ValueRow.FixedBytes, header.ContentTypeLength), row.AsSpan(header.Bytes));
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
            ? rows.Store(write, write.Current.ExpiresAt, contentType, patched.Span)
            : new Outcome(code, write.Current.Revision);
    }

    private static long ExpiresAt(in Expiry expiry, in RowWrite write) => RowWriter.ExpiresAt(expiry, write.Current, write.Now);
}
