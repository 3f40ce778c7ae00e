using BenchmarkDotNet.Attributes;
using KvCluster.Core.Commands;

namespace KvCluster.Benchmarks.Micro;

/// <summary>A put of 100 bytes to and from the payload of a log entry.</summary>
[MemoryDiagnoser]
public class CommandCodecBenchmarks
{
    private readonly PutCommand _put = SampleEntries.Put(42);
    private readonly byte[] _payload = CommandCodec.Encode(SampleEntries.Put(42));

    [Benchmark]
    public byte[] Encode() => CommandCodec.Encode(_put);

    [Benchmark]
    public Command Decode() => CommandCodec.DecodeCommand(_payload);
}
