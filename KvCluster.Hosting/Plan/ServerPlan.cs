using System.Collections.Immutable;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Hosting.Plan;

/// <summary>One process to start, and everything it is told.</summary>
internal sealed record ServerPlan
{
    public required string Name { get; init; }

    /// <summary>The node it belongs to; none for a witness.</summary>
    public string? Node { get; init; }
    public ServerKind Kind { get; init; }

    /// <summary>The role it starts with in a new cluster. Afterwards the cluster decides, and this says nothing any more.</summary>
    public PreferredRole PreferredRole { get; init; }

    /// <summary>True for the one server that may create the cluster.</summary>
    public bool IsBootstrap { get; init; }
    public required ServerPorts Ports { get; init; }
    public required Uri Url { get; init; }
    public required string DataDirectory { get; init; }

    /// <summary>Its whole configuration, as environment variables (see <see cref="ServerEnvironment"/>).</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
