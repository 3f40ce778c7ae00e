using System.Text;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Redis;

/// <summary>What is asked of a Redis-protocol port in one go: some SETs or GETs one behind the other, and perhaps a WAIT behind the SETs.</summary>
/// <param name="pipeline">Commands in one operation; they ask for as many keys in a row.</param>
/// <param name="keys">Keys that exist.</param>
/// <param name="waits">WAIT 1 follows the SETs: Redis acknowledges a write before its replica has it.</param>
internal sealed class RespRequests(ValueBlock values, int pipeline, int keys, bool waits)
{
    private const int CommandBytesMax = 96;
    private static readonly byte[] WaitCommand = Encoding.ASCII.GetBytes("*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$4\r\n5000\r\n");
    private static readonly byte[] SetHead = Encoding.ASCII.GetBytes($"*3\r\n$3\r\nSET\r\n${KeyNames.Bytes}\r\n");
    private static readonly byte[] GetHead = Encoding.ASCII.GetBytes($"*2\r\n$3\r\nGET\r\n${KeyNames.Bytes}\r\n");
    private readonly byte[] _valueHead = Encoding.ASCII.GetBytes($"\r\n${values.ValueBytes}\r\n");

    public int ValueBytes => values.ValueBytes;
    public int BytesMax => (pipeline * (CommandBytesMax + values.ValueBytes)) + WaitCommand.Length;

    /// <summary>Answers that the operation gets.</summary>
    public int AnswersTo(OperationKind kind) => pipeline + (Waits(kind) ? 1 : 0);

    /// <summary>The last answer is that of a WAIT.</summary>
    public bool Waits(OperationKind kind) => waits && kind == OperationKind.Put;

    /// <returns>Bytes written.</returns>
    public int Write(Operation operation, Span<byte> destination)
    {
        var rest = destination;
        for (var place = 0; place < pipeline; place++) WriteCommand(operation.Kind, (operation.Key + place) % keys, ref rest);
        if (Waits(operation.Kind)) Append(WaitCommand, ref rest);
        return destination.Length - rest.Length;
    }

    private void WriteCommand(OperationKind kind, int key, ref Span<byte> rest)
    {
        Append(kind == OperationKind.Put ? SetHead : GetHead, ref rest);
        KeyNames.Write(key, rest);
        rest = rest[KeyNames.Bytes..];
        if (kind == OperationKind.Put)
        {
            Append(_valueHead, ref rest);
            Append(values.Window(key), ref rest);
        }

        Append("\r\n"u8, ref rest);
    }

    private static void Append(ReadOnlySpan<byte> bytes, ref Span<byte> rest)
    {
        bytes.CopyTo(rest);
        rest = rest[bytes.Length..];
    }
}
