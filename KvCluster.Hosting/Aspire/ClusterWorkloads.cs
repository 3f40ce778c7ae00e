using System.Collections.Immutable;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Aspire;

/// <summary>A cluster as it is published: one StatefulSet for each node, whose pods are its servers.</summary>
/// <remarks>
/// Roles are decided by the cluster, so the pods of a node differ in nothing but their stable names. The headless service publishes
/// addresses that are not ready too: a replica that catches up must be found by its main. Labels are copied wherever they stand, since
/// the same object twice would be written as a reference of YAML, which few readers of a chart expect.
/// </remarks>
internal static class ClusterWorkloads
{
    public static ImmutableArray<string> NamesOf(ClusterPlanOptions options) => ClusterPlanBuilder.HasWitness(options)
        ? [.. ClusterPlanBuilder.NodeNames(options), ClusterPlanBuilder.WitnessName(options)]
        : ClusterPlanBuilder.NodeNames(options);

    public static void Publish(IResourceBuilder<ProjectResource> workload, KvClusterResource cluster)
    {
        var name = workload.Resource.Name;
        workload
            .WithHttpEndpoint(targetPort: PodEnvironment.HttpPort, name: KvClusterResource.HttpEndpoint)
            .WithEndpoint(targetPort: PodEnvironment.PeerPort, scheme: "tcp", name: KvClusterResource.PeerEndpoint)
            .WithEndpointsInEnvironment(_ => false)

            // Read when the chart is written: options may still change after the workload was added.
            .PublishAsKubernetesService(service => Complete(service, name, cluster.Options));
        if (name != ClusterPlanBuilder.WitnessName(cluster.Options))
            workload.WithEndpoint(targetPort: PodEnvironment.RespPort, scheme: "tcp", name: KvClusterResource.RespEndpoint);
    }

    private static void Complete(KubernetesResource service, string node, ClusterPlanOptions options)
    {
        if (service.Workload is not Deployment deployment)
            throw new InvalidOperationException($"{node} is published as {service.Workload?.Kind ?? "nothing"} and not as a Deployment that could be replaced.");
        var labels = deployment.Spec.Selector.MatchLabels;
        PodTemplate.Complete(deployment.Spec.Template, labels, PodEnvironment.Of(options, node));
        var pods = PodEnvironment.PodsOf(options, node);
        service.Workload = Set(deployment, node, pods);
        service.AdditionalResources.Add(Peers(node, labels));

        // A budget on a single pod would never let its machine be emptied.
        if (pods < 2)
            return;
        service.AdditionalResources.Add(new PodDisruptionBudget
        {
            Metadata = { Name = $"{node}-budget", Labels = new(labels) },
            Spec = new PodDisruptionBudgetSpec { MaxUnavailable = 1, Selector = new LabelSelectorV1(new(labels)) },
        });
    }

    private static StatefulSet Set(Deployment deployment, string node, int pods)
    {
        var set = new StatefulSet { Metadata = { Name = node, Labels = deployment.Metadata.Labels } };
        set.Spec.ServiceName = PodEnvironment.PeersOf(node);
        set.Spec.Replicas = pods;

        // Both servers of a pair start at once: neither can serve before it has found the other.
        set.Spec.PodManagementPolicy = "Parallel";

        // Servers vote on the topology: one who changes them all at once takes a majority away. An operator replaces them one after the other (docs/KUBERNETES.md).
        set.Spec.UpdateStrategy = new StatefulSetUpdateStrategyV1 { Type = "OnDelete" };
        set.Spec.Selector = deployment.Spec.Selector;
        set.Spec.Template = deployment.Spec.Template;
        var claim = new PersistentVolumeClaim { Metadata = { Name = PodTemplate.DataVolume } };
        claim.Spec.AccessModes.Add("ReadWriteOnce");
        claim.Spec.Resources.Requests["storage"] = "10Gi";
        set.Spec.VolumeClaimTemplates.Add(claim);
        return set;
    }

    private static Service Peers(string node, Dictionary<string, string> labels)
    {
        var peers = new Service { Metadata = { Name = PodEnvironment.PeersOf(node), Labels = new(labels) } };
        peers.Spec.ClusterIp = "None";
        peers.Spec.PublishNotReadyAddresses = true;
        peers.Spec.Selector = new(labels);
        peers.Spec.Ports.Add(Port(KvClusterResource.HttpEndpoint, PodEnvironment.HttpPort));
        peers.Spec.Ports.Add(Port(KvClusterResource.PeerEndpoint, PodEnvironment.PeerPort));
        return peers;
    }

    private static ServicePortV1 Port(string name, int port) => new() { Name = name, Protocol = "TCP", Port = port, TargetPort = port };
}
