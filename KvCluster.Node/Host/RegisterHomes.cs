using System.Net;
using k8s;
using KvCluster.Node.Control;
using KvCluster.Node.Control.Etcd;
using KvCluster.Node.Control.Kubernetes;
using KvCluster.Node.Control.Voting;
using KvCluster.Node.Options;
using KvCluster.Node.Peer;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Host;

/// <summary>Makes the register that the options name. Only one that the servers keep themselves has votes on this server.</summary>
internal static class RegisterHomes
{
    private const string ConfigMapNamespace = "default";

    public static void Add(IServiceCollection services, KvNodeOptions options, DataDirectory data)
    {
        services.AddSingleton(provider =>
        {
            var at = new IPEndPoint(IPAddress.Parse(options.BindAddress), options.PeerPort);
            var port = new PeerListener(at, options.PeerSilenceMax, provider.GetRequiredService<ILogger<PeerListener>>());
            if (provider.GetService<VoterPort>() is { } voters) port.Take(PeerPurpose.Register, voters.Take);
            return port;
        });
        services.AddSingleton<VoterAddresses>();
        services.AddSingleton(provider => new Registrar(
            options,
            data,
            provider.GetService<LocalVoter>(),
            provider.GetRequiredService<VoterAddresses>(),
            provider.GetRequiredService<TopologyHolder>(),
            provider.GetRequiredService<Master>(),
            provider.GetRequiredService<ControlHttp>(),
            provider.GetRequiredService<ILogger<Registrar>>()));
        services.AddSingleton(provider => new RegisterRestore(
            options,
            data,
            provider.GetService<LocalVoter>(),
            provider.GetRequiredService<ITopologyRegister>(),
            provider.GetRequiredService<TopologyHolder>(),
            provider.GetRequiredService<ControlHttp>(),
            () => provider.GetRequiredService<ServerHost>().DataEnd,
            provider.GetRequiredService<ILogger<RegisterRestore>>()));
        switch (options.Register)
        {
            case RegisterHome.Etcd:
                services.AddSingleton<ITopologyRegister>(_ => new EtcdRegister(options.EtcdUrls, options.EtcdKey, new SocketsHttpHandler { UseProxy = false }));
                break;
            case RegisterHome.Kubernetes:
                services.AddSingleton(_ => OpenKubernetes(options));
                services.AddSingleton<ITopologyRegister, KubernetesRegister>();
                services.AddSingleton<IRegisterWatch, KubernetesWatch>();
                break;
            default:
                AddEmbedded(services, data);
                break;
        }
    }

    private static void AddEmbedded(IServiceCollection services, DataDirectory data)
    {
        services.AddSingleton(provider => LocalVoter.Open(
            data.File("voter.json"), provider.GetRequiredService<ILogger<LocalVoter>>(), broken => provider.GetRequiredService<ServerHost>().OnBroken(broken)));
        services.AddSingleton<VoterPort>();
        services.AddSingleton<ITopologyRegister, EmbeddedRegister>();
    }

    private static ConfigMapClient OpenKubernetes(KvNodeOptions options)
    {
        var configuration = options.KubernetesUrl.Length > 0
            ? new KubernetesClientConfiguration { Host = options.KubernetesUrl }
            : KubernetesClientConfiguration.BuildDefaultConfig();
        var space = options.KubernetesNamespace.Length > 0 ? options.KubernetesNamespace : configuration.Namespace ?? ConfigMapNamespace;
        return new ConfigMapClient(new k8s.Kubernetes(configuration), space, options.KubernetesConfigMap);
    }
}
