using System.Buffers;
using BenchmarkDotNet.Attributes;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Messages;
using KvCluster.Core.Replication.Wire;
using KvCluster.Protocol.Identity;

namespace KvCluster.Benchmarks.Micro;

/// <summary>A batch of puts to and from the frame that goes to the replica.</summary>
[MemoryDiagnoser]
public class FrameCodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1 << 20);
    private Append _append = null!;
    private byte[] _frame = [];

    [Params(1, 16, 64)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var previous = new LogPosition(new Epoch(1), new LogIndex(1));
        _append = new Append(new Epoch(1), previous, SampleEntries.Puts(previous.Index.Next, Entries), previous.Index);
        PeerMessageCodec.Write(_append, _buffer);
        _frame = _buffer.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int Write()
    {
        _buffer.ResetWrittenCount();
        PeerMessageCodec.Write(_append, _buffer);
        return _buffer.WrittenCount;
    }

    [Benchmark]
    public PeerMessage Read() => PeerMessageCodec.Read(_frame);
}
