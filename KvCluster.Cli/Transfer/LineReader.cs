using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace KvCluster.Cli.Transfer;

/// <summary>Cuts a stream into lines with a bounded buffer. A last line without a line feed counts.</summary>
internal static class LineReader
{
    /// <summary>The longest line there can be: a value of 16 MiB in which every byte is escaped takes less as base64.</summary>
    public const int LineBytesMax = 100 * 1024 * 1024;

    /// <summary>Each line without its line feed; empty ones too. The bytes are the caller's.</summary>
    /// <exception cref="RecordFormatException">A line is longer than any record.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 256 * 1024, leaveOpen: true));
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end).ToArray();
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                yield return line;
            }

            if (result.IsCompleted)
            {
                if (!buffer.IsEmpty) yield return buffer.ToArray();
                break;
            }

            if (buffer.Length > LineBytesMax) throw new RecordFormatException($"it is longer than {LineBytesMax} bytes.");
            reader.AdvanceTo(buffer.Start, buffer.End);
        }

        await reader.CompleteAsync();
    }
}
