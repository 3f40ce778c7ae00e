using Aspire.Hosting.Kubernetes.Resources;

namespace KvCluster.Hosting.Aspire;

/// <summary>The kind of that name, for which Aspire has no class. Written as YAML by the names of its members.</summary>
internal sealed class PodDisruptionBudget() : BaseKubernetesResource("policy/v1", "PodDisruptionBudget")
{
    public PodDisruptionBudgetSpec Spec { get; set; } = new();
}
