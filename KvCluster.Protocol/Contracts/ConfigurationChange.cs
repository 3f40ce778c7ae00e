using System.Collections.Immutable;
using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Contracts;

/// <summary>
/// <c>POST /cluster/nodes/{id}/configuration</c>: a server of a node asks for the node's next configuration.
/// Granted only if <see cref="ExpectedEpoch"/> is the current one; the new epoch is one higher.
/// </summary>
public sealed record ConfigurationChange
{
    /// <summary>Names the request, so that a repeat is answered and not executed again.</summary>
    public required Guid RequestId { get; init; }
    public required NodeId Node { get; init; }
    public required ServerId Server { get; init; }
    public required Incarnation Incarnation { get; init; }
    public required Epoch ExpectedEpoch { get; init; }
    public required ConfigurationChangeKind Kind { get; init; }
    public required ServerId Main { get; init; }
    public required ImmutableArray<ServerId> InSync { get; init; }

    /// <summary>The other server's run that a growth was agreed with, or whose log made the main give its place away; a newer one makes the request void.</summary>
    public Incarnation PeerIncarnation { get; init; }
}
