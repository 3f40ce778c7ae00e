using k8s.Models;
using KvCluster.Node.Options;
using KvCluster.Tests.Deployment.Templates;

namespace KvCluster.Tests.Deployment;

/// <summary>Every object of the chart, parsed strictly by the types of the API and held against what the servers need.</summary>
public sealed class ChartTests
{
    private const string NodeLabel = "kvcluster.io/node";
    private static readonly Chart Default = Chart.Render();

    [Fact]
    public void Default_HasAPairOfServersForEachNode()
    {
        var sets = Default.All<V1StatefulSet>("StatefulSet");

        Assert.Equal(["shop-kvcluster-master", "shop-kvcluster-slave-1", "shop-kvcluster-slave-2"], sets.Select(set => set.Metadata.Name));
        Assert.All(sets, set => Assert.Equal((2, "Parallel", "RollingUpdate"), (set.Spec.Replicas, set.Spec.PodManagementPolicy, set.Spec.UpdateStrategy.Type)));
    }

    [Fact]
    public void EveryObject_IsReadStrictlyAndLiesInTheReleasesNamespace()
    {
        var chart = Chart.Render("{ resp: { enabled: true }, metrics: { serviceMonitor: { enabled: true, from: [ { namespaceSelector: { matchLabels: { monitoring: \"true\" } } } ] } } }");

        Assert.All(chart.All<V1StatefulSet>("StatefulSet"), one => Assert.Equal(Chart.Namespace, one.Metadata.NamespaceProperty));
        Assert.All(chart.All<V1Service>("Service"), one => Assert.Equal(Chart.Namespace, one.Metadata.NamespaceProperty));
        Assert.Equal(Chart.Namespace, chart.One<V1NetworkPolicy>("NetworkPolicy").Metadata.NamespaceProperty);
        Assert.All(chart.All<V1PodDisruptionBudget>("PodDisruptionBudget"), one => Assert.Equal(Chart.Namespace, one.Metadata.NamespaceProperty));
        Assert.Equal(Chart.Namespace, chart.One<V1ServiceAccount>("ServiceAccount").Metadata.NamespaceProperty);
        Assert.Equal(Chart.Namespace, chart.One<V1Role>("Role").Metadata.NamespaceProperty);
        Assert.Equal(Chart.Namespace, chart.One<V1RoleBinding>("RoleBinding").Metadata.NamespaceProperty);
        Assert.Equal(
            ["NetworkPolicy", "PodDisruptionBudget", "Role", "RoleBinding", "Service", "ServiceAccount", "ServiceMonitor", "StatefulSet"],
            chart.Objects.Select(one => one.Kind).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pods_ProveTheyAreAliveAndReadyToTheServersOwnEndpoints()
    {
        foreach (var container in Default.All<V1StatefulSet>("StatefulSet").Select(Container))
        {
            Assert.Equal(("HTTP", "/alive", "http"), Target(container.StartupProbe));
            Assert.Equal(("HTTP", "/alive", "http"), Target(container.LivenessProbe));
            Assert.Equal(("HTTP", "/health", "http"), Target(container.ReadinessProbe));
        }

        static (string, string, string) Target(V1Probe probe) => (probe.HttpGet.Scheme, probe.HttpGet.Path, probe.HttpGet.Port.ToString());
    }

    [Fact]
    public void Pods_MayDoNothingButServe()
    {
        foreach (var set in Default.All<V1StatefulSet>("StatefulSet"))
        {
            var (pod, container) = (set.Spec.Template.Spec, Container(set));
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
            Assert.Equal(container.VolumeMounts.Select(mount => mount.Name), set.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name));
            Assert.StartsWith(Assert.Single(container.VolumeMounts).MountPath, Variable(container, "KvNode__DataDirectory"), StringComparison.Ordinal);
            Assert.NotNull(container.Resources.Requests["memory"]);
            Assert.DoesNotContain("cpu", container.Resources.Limits.Keys);
        }
    }

    [Fact]
    public void Selectors_FindThePodsTheyMeanAndNoOthers()
    {
        var sets = Default.All<V1StatefulSet>("StatefulSet");
        var services = Default.All<V1Service>("Service");
        foreach (var set in sets)
        {
            var labels = set.Spec.Template.Metadata.Labels;
            Assert.All(set.Spec.Selector.MatchLabels, label => Assert.Equal(label.Value, labels[label.Key]));
            Assert.All(services, service => Assert.All(service.Spec.Selector, label => Assert.Equal(label.Value, labels[label.Key])));
            Assert.Single(services, service => service.Metadata.Name == set.Spec.ServiceName && service.Spec is { ClusterIP: "None", PublishNotReadyAddresses: true });
            Assert.Single(sets, other => other.Spec.Selector.MatchLabels[NodeLabel] == set.Spec.Selector.MatchLabels[NodeLabel]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ports_OfServicesAndPolicyAreThoseOfTheContainers(bool hasResp)
    {
        var chart = Chart.Render($"{{ resp: {{ enabled: {(hasResp ? "true" : "false")} }}, ports: {{ resp: 7379 }} }}");
        var ports = Container(chart.All<V1StatefulSet>("StatefulSet")[0]).Ports.ToDictionary(port => port.Name, port => port.ContainerPort);

        Assert.Equal(hasResp, ports.ContainsKey("resp"));
        foreach (var port in chart.All<V1Service>("Service").SelectMany(service => service.Spec.Ports))
            Assert.Equal(ports[port.TargetPort.ToString()], port.Port);
        var open = chart.One<V1NetworkPolicy>("NetworkPolicy").Spec.Ingress.SelectMany(rule => rule.Ports).Select(port => int.Parse(port.Port.ToString()!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(ports.Values.Order(), open.Distinct().Order());
        var clients = chart.One<V1NetworkPolicy>("NetworkPolicy").Spec.Ingress[1];
        Assert.DoesNotContain(clients.Ports, port => port.Port.ToString() == ports["peer"].ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Environment_NamesOnlyOptionsThatTheServerHas()
    {
        var options = typeof(KvNodeOptions).GetProperties().Where(property => property.CanWrite).Select(property => property.Name).ToHashSet();
        foreach (var home in (string[])["Kubernetes", "Embedded", "Etcd"])
        {
            var chart = Chart.Render($"{{ register: {{ home: {home}, etcd: {{ endpoints: \"http://etcd:2379\" }} }}, resp: {{ enabled: true }} }}");
            foreach (var variable in Container(chart.All<V1StatefulSet>("StatefulSet")[0]).Env.Where(one => one.Name.StartsWith("KvNode__", StringComparison.Ordinal)))
                Assert.Contains(variable.Name["KvNode__".Length..], options);
        }
    }

    [Fact]
    public void Environment_IsAValidConfigurationOfEachServer()
    {
        foreach (var set in Default.All<V1StatefulSet>("StatefulSet"))
        {
            var pod = $"{set.Metadata.Name}-0";
            var options = new KvNodeOptions
            {
                Name = Expand("KvNode__Name"),
                Node = Variable(Container(set), "KvNode__Node")!,
                AdvertisedHost = Expand("KvNode__AdvertisedHost"),
                BootstrapServer = Variable(Container(set), "KvNode__BootstrapServer")!,
                Seeds = Variable(Container(set), "KvNode__Seeds")!,
            };
            Assert.Equal(set.Spec.Selector.MatchLabels[NodeLabel] == "master", options.IsBootstrap);
            Assert.Contains($"http://{options.AdvertisedHost}:{Variable(Container(set), "KvNode__HttpPort")}", options.SeedUrls.Select(url => url.GetLeftPart(UriPartial.Authority)));

            string Expand(string name) => Variable(Container(set), name)!.Replace("$(POD_NAME)", pod, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Register_MayReadAndWriteItsConfigMapAndNothingElse()
    {
        var rules = Default.One<V1Role>("Role").Rules;
        var configMap = Variable(Container(Default.All<V1StatefulSet>("StatefulSet")[0]), "KvNode__KubernetesConfigMap");

        var named = Assert.Single(rules, rule => rule.ResourceNames is { Count: > 0 });
        Assert.Equal([configMap], named.ResourceNames);
        Assert.Equal(["get", "update", "list", "watch"], named.Verbs);
        Assert.Equal(["create"], Assert.Single(rules, rule => rule.ResourceNames is null or { Count: 0 }).Verbs);
        Assert.All(rules, rule => Assert.Equal(["configmaps"], rule.Resources));
        var account = Assert.Single(Default.One<V1RoleBinding>("RoleBinding").Subjects).Name;
        Assert.Equal(Default.One<V1ServiceAccount>("ServiceAccount").Metadata.Name, account);
        Assert.All(Default.All<V1StatefulSet>("StatefulSet"), set => Assert.Equal((account, true), (set.Spec.Template.Spec.ServiceAccountName, set.Spec.Template.Spec.AutomountServiceAccountToken)));
    }

    [Fact]
    public void OtherHomes_GetNoRightsInTheCluster()
    {
        var chart = Chart.Render("{ register: { home: Embedded } }");

        Assert.DoesNotContain(chart.Objects, one => one.Kind is "Role" or "RoleBinding");
        Assert.All(chart.All<V1StatefulSet>("StatefulSet"), set => Assert.Equal((false, "OnDelete"), (set.Spec.Template.Spec.AutomountServiceAccountToken, set.Spec.UpdateStrategy.Type)));
    }

    [Fact]
    public void DisruptionsAndMachines_NeverTakeBothServersOfANode()
    {
        var budgets = Default.All<V1PodDisruptionBudget>("PodDisruptionBudget");
        foreach (var set in Default.All<V1StatefulSet>("StatefulSet"))
        {
            var labels = set.Spec.Template.Metadata.Labels;
            var budget = Assert.Single(budgets, one => one.Spec.Selector.MatchLabels[NodeLabel] == labels[NodeLabel]);
            Assert.Equal("1", budget.Spec.MaxUnavailable.ToString());
            var apart = Assert.Single(set.Spec.Template.Spec.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution);
            Assert.Equal(labels[NodeLabel], apart.LabelSelector.MatchLabels[NodeLabel]);
            Assert.Equal("kubernetes.io/hostname", apart.TopologyKey);
        }
    }

    [Fact]
    public void Shutdown_HasTimeToHandOverAndClose()
    {
        var set = Default.All<V1StatefulSet>("StatefulSet")[0];
        var delay = int.Parse(Variable(Container(set), "KvNode__ShutdownDelayMilliseconds")!, System.Globalization.CultureInfo.InvariantCulture);

        Assert.True(set.Spec.Template.Spec.TerminationGracePeriodSeconds * 1000 >= delay + 10_000);
        Assert.Throws<TemplateException>(() => Chart.Render("{ shutdown: { delayMilliseconds: 25000 } }"));
    }

    [Fact]
    public void OneServerForEachNode_HasNoBudgetThatWouldForbidEveryUpgrade()
    {
        var chart = Chart.Render("{ copies: 1, slaves: 0 }");

        Assert.Equal(1, Assert.Single(chart.All<V1StatefulSet>("StatefulSet")).Spec.Replicas);
        Assert.DoesNotContain(chart.Objects, one => one.Kind == "PodDisruptionBudget");
        Assert.Contains("what its disk loses is lost", chart.Notes, StringComparison.Ordinal);
    }

    [Fact]
    public void ServiceMonitor_ScrapesEveryServerOnce()
    {
        var chart = Chart.Render("{ metrics: { serviceMonitor: { enabled: true } } }");
        var spec = Chart.Map(Chart.Map(YamlText.Read(Assert.Single(chart.Objects, one => one.Kind == "ServiceMonitor").Yaml))["spec"]);
        var wanted = Chart.Map(Chart.Map(spec["selector"])["matchLabels"]);

        Assert.Single(chart.All<V1Service>("Service"), service => wanted.All(label => service.Metadata.Labels.TryGetValue(label.Key, out var value) && value == (string?)label.Value));
        Assert.Equal("true", Variable(Container(chart.All<V1StatefulSet>("StatefulSet")[0]), "Telemetry__Prometheus"));
    }

    [Theory]
    [InlineData("{ register: { home: Etcd } }")]
    [InlineData("{ register: { home: Embedded }, slaves: 0 }")]
    public void ValuesThatCannotWork_AreRefused(string values) => Assert.Throws<TemplateException>(() => Chart.Render(values));

    private static V1Container Container(V1StatefulSet set) => Assert.Single(set.Spec.Template.Spec.Containers);

    private static string? Variable(V1Container container, string name) => container.Env.FirstOrDefault(variable => variable.Name == name)?.Value;
}
