using System.Text;
using BenchmarkDotNet.Attributes;
using KvCluster.Protocol.Slots;

namespace KvCluster.Benchmarks.Micro;

/// <summary>From a key to its slot; done for every request by client and server.</summary>
public class SlotHashBenchmarks
{
    private readonly byte[] _key = Encoding.ASCII.GetBytes("bench:0000000042");
    private readonly byte[] _tagged = Encoding.ASCII.GetBytes("orders/{customer:4711}/lines/00042");
    private readonly byte[] _longest = new byte[1024];

    [Benchmark(Baseline = true)]
    public Slot SixteenBytes() => SlotHash.Of(_key);

    [Benchmark]
    public Slot HashTag() => SlotHash.Of(_tagged);

    [Benchmark]
    public Slot LongestKey() => SlotHash.Of(_longest);
}
