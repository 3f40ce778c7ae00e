using System.Text;
using KvCluster.Protocol.Slots;

namespace KvCluster.Tests.Simulation;

/// <summary>A key of the workload, or two that are judged as one.</summary>
internal sealed record SimKey(string Name, KeyKind Kind)
{
    public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(Kind == KeyKind.Pair ? Name + "a" : Name);

    /// <summary>The second key of a pair.</summary>
    public SimKey? Other { get; } = Kind == KeyKind.Pair ? new SimKey(Name + "b", KeyKind.Register) : null;
    public Slot Slot { get; } = SlotHash.Of(Encoding.UTF8.GetBytes(Name));
}
