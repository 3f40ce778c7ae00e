using Aspire.Hosting.Kubernetes.Resources;
using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Aspire;

/// <summary>Makes a pod out of the template that Aspire wrote: identity, data, probes, limits, and a place away from the other server of its
/// node.</summary>
internal static class PodTemplate
{
    public const string DataVolume = "data";

    /// <summary>The user that the .NET images bring along.</summary>
    private const long User = 1654;

    public static void Complete(PodTemplateSpecV1 template, Dictionary<string, string> labels, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var pod = template.Spec;

        // Five seconds of answering after the hand-over, then what is under way ends.
        pod.TerminationGracePeriodSeconds = 30;
        pod.SecurityContext = new PodSecurityContextV1 { RunAsNonRoot = true, RunAsUser = User, RunAsGroup = User, FsGroup = User };
        pod.Affinity = Apart(labels);
        var container = pod.Containers[0];
        AddEnvironment(container, environment);
        container.VolumeMounts.Add(new VolumeMountV1 { Name = DataVolume, MountPath = PodEnvironment.DataDirectory });
        container.SecurityContext = new SecurityContextV1 { AllowPrivilegeEscalation = false };
        container.Resources = new ResourceRequirementsV1 { Requests = { ["cpu"] = "500m", ["memory"] = "512Mi" }, Limits = { ["memory"] = "2Gi" } };

        // A large data folder takes long to open, which must not look like a dead process.
        container.StartupProbe = Probe("/alive", periodSeconds: 5, failureThreshold: 60);
        container.LivenessProbe = Probe("/alive", periodSeconds: 10, failureThreshold: 6);
        container.ReadinessProbe = Probe("/health", periodSeconds: 5, failureThreshold: 2);
    }

    private static void AddEnvironment(ContainerV1 container, IEnumerable<KeyValuePair<string, string>> environment)
    {
        container.Env.Add(Field(PodEnvironment.PodName, "metadata.name"));
        container.Env.Add(Field(PodEnvironment.PodNamespace, "metadata.namespace"));
        foreach (var (name, value) in environment)
            container.Env.Add(new EnvVarV1 { Name = name, Value = value });
    }

    private static EnvVarV1 Field(string name, string path) =>
        new() { Name = name, ValueFrom = new EnvVarSourceV1 { FieldRef = new ObjectFieldSelectorV1 { FieldPath = path } } };

    /// <summary>The scheme in upper case: Aspire's own probes have it in lower case, which an API server refuses.</summary>
    private static ProbeV1 Probe(string path, int periodSeconds, int failureThreshold) => new()
    {
        HttpGet = new HttpGetActionV1 { Scheme = "HTTP", Path = path, Port = PodEnvironment.HttpPort },
        PeriodSeconds = periodSeconds,
        TimeoutSeconds = 5,
        FailureThreshold = failureThreshold,
    };

    /// <summary>Preferred and not required: on one machine two servers are still better than one that waits for a second machine.</summary>
    private static AffinityV1 Apart(Dictionary<string, string> labels)
    {
        // An empty namespace selector would mean the pods of every namespace.
        var others = new PodAffinityTermV1 { LabelSelector = new LabelSelectorV1(new(labels)), NamespaceSelector = null!, TopologyKey = "kubernetes.io/hostname" };

        // An API server refuses an affinity to machines that asks for no machine, which is what an empty one is written as.
        var affinity = new AffinityV1 { NodeAffinity = null!, PodAffinity = null! };
        affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution.Add(new WeightedPodAffinityTermV1 { Weight = 100, PodAffinityTerm = others });
        return affinity;
    }
}
