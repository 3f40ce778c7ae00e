using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Commands;

/// <summary>The whole command line, as the user wrote it.</summary>
/// <param name="Plan">What makes up the cluster.</param>
/// <param name="ServerProgram">Another server program than the one built with the AppHost.</param>
/// <param name="Embedded">True: the embedded orchestrator also where Aspire was built in.</param>
/// <param name="PagePort">Where the embedded orchestrator serves its page; zero: any port that is free; none: no page.</param>
/// <param name="Load">Run the sample's load writer beside the cluster.</param>
/// <param name="Rest">Arguments that are none of ours; Aspire understands some of them.</param>
internal sealed record AppHostOptions(ClusterPlanOptions Plan, string? ServerProgram, bool Embedded, int? PagePort, bool Load, IReadOnlyList<string> Rest);
