using System.Text;
using KvCluster.Protocol.Slots;

namespace KvCluster.Tests.Simulation;

/// <summary>A key of the workload.</summary>
internal sealed record SimKey(string Name, KeyKind Kind)
{
    public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(Name);
    public Slot Slot { get; } = SlotHash.Of(Encoding.UTF8.GetBytes(Name));
}
