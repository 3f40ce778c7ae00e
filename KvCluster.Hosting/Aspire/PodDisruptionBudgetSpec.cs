using Aspire.Hosting.Kubernetes.Resources;

namespace KvCluster.Hosting.Aspire;

/// <summary>How many pods of a node may be taken away at a time.</summary>
internal sealed class PodDisruptionBudgetSpec
{
    public int MaxUnavailable { get; set; }

    public LabelSelectorV1 Selector { get; set; } = new();
}
