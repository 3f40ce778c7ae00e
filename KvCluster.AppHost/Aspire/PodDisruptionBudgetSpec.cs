using Aspire.Hosting.Kubernetes.Resources;

namespace KvCluster.AppHost.Aspire;

/// <summary>How many pods of a node may be taken away at a time.</summary>
public sealed class PodDisruptionBudgetSpec
{
    public int MaxUnavailable { get; set; }

    public LabelSelectorV1 Selector { get; set; } = new();
}
