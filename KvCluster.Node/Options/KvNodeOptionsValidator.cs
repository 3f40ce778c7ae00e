using System.Net;
using KvCluster.Node.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Options;

namespace KvCluster.Node.Options;

/// <summary>Finds every mistake in the options at once, before a port opens.</summary>
internal sealed class KvNodeOptionsValidator : IValidateOptions<KvNodeOptions>
{
    private const int NameLengthMax = 100;

    public ValidateOptionsResult Validate(string? name, KvNodeOptions options)
    {
        var mistakes = new List<string>();
        CheckName(nameof(options.Name), options.Name, isRequired: true, mistakes);
        CheckName(nameof(options.Node), options.Node, isRequired: false, mistakes);
        CheckName(nameof(options.BootstrapServer), options.BootstrapServer, isRequired: false, mistakes);
        CheckPlaces(options, mistakes);
        CheckSeeds(options, mistakes);
        CheckNumbers(options, mistakes);
        CheckRegister(options, mistakes);
        if (!Enum.IsDefined(options.PreferredRole)) mistakes.Add(Key(nameof(options.PreferredRole)) + " must be Any, Main or Replica.");
        if (!Enum.IsDefined(options.Kind)) mistakes.Add(Key(nameof(options.Kind)) + " must be Data or Witness.");
        if (!Enum.IsDefined(options.WriteMode)) mistakes.Add(Key(nameof(options.WriteMode)) + " must be InSync, Strict or Relaxed.");
        if (options.IsBootstrap && options.Kind == ServerKind.Witness) mistakes.Add("A witness cannot create the cluster: KvNode:Bootstrap and KvNode:Kind=Witness exclude each other.");
        if (options.IsBootstrap && options.PreferredRole == PreferredRole.Replica) mistakes.Add("A replica cannot create the cluster: KvNode:Bootstrap and KvNode:PreferredRole=Replica exclude each other.");
        if (options.Voters is not (1 or 3 or 5)) mistakes.Add(Key(nameof(options.Voters)) + " must be 1, 3 or 5.");
        if (!FsyncPolicy.TryParse(options.Fsync, out _)) mistakes.Add(Key(nameof(options.Fsync)) + " must be Always, Never or Interval:MILLISECONDS (1 to 60000).");
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void CheckRegister(KvNodeOptions options, List<string> mistakes)
    {
        if (!Enum.IsDefined(options.Register)) mistakes.Add(Key(nameof(options.Register)) + " must be Embedded, Etcd or Kubernetes.");
        if (options.Register == RegisterHome.Etcd)
        {
            if (options.EtcdEndpoints.Length == 0) mistakes.Add(Key(nameof(options.EtcdEndpoints)) + " is missing: give the client urls of the etcd members.");
            CheckUrls(nameof(options.EtcdEndpoints), options.EtcdEndpoints, mistakes);
            if (options.EtcdKey.Length == 0) mistakes.Add(Key(nameof(options.EtcdKey)) + " is missing: give the cluster a key of its own.");
        }

        if (options.Register == RegisterHome.Kubernetes)
        {
            CheckObjectName(nameof(options.KubernetesConfigMap), options.KubernetesConfigMap, mistakes);
            if (options.KubernetesNamespace.Length > 0) CheckObjectName(nameof(options.KubernetesNamespace), options.KubernetesNamespace, mistakes);
            CheckUrls(nameof(options.KubernetesUrl), options.KubernetesUrl, mistakes);
        }
    }

    // RFC 1123, as Kubernetes wants its names.
    private static void CheckObjectName(string option, string value, List<string> mistakes)
    {
        var isName = value.Length is > 0 and <= 253 && value.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.')
            && char.IsAsciiLetterOrDigit(value[0]) && char.IsAsciiLetterOrDigit(value[^1]);
        if (!isName) mistakes.Add(Key(option) + $" '{value}' is no name of an object of Kubernetes.");
    }

    private static void CheckUrls(string option, string list, List<string> mistakes)
    {
        foreach (var url in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || (parsed.Scheme != Uri.UriSchemeHttp && parsed.Scheme != Uri.UriSchemeHttps))
                mistakes.Add(Key(option) + $": '{url}' is no absolute http url.");
        }
    }

    private static string Key(string option) => $"{KvNodeOptions.Section}:{option}";

    private static void CheckName(string option, string value, bool isRequired, List<string> mistakes)
    {
        if (value.Length == 0)
        {
            if (isRequired) mistakes.Add(Key(option) + " is missing: give the server a name that is unique in the cluster.");
        }
        else if (value.Length > NameLengthMax || !value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
        {
            mistakes.Add(Key(option) + $" '{value}' must have 1 to {NameLengthMax} letters, digits, '-', '_' or '.'.");
        }
    }

    private static void CheckPlaces(KvNodeOptions options, List<string> mistakes)
    {
        if (!IPAddress.TryParse(options.BindAddress, out _)) mistakes.Add(Key(nameof(options.BindAddress)) + $" '{options.BindAddress}' is no IP address.");
        if (options.AdvertisedHost.Length > 0 && Uri.CheckHostName(options.AdvertisedHost) == UriHostNameType.Unknown)
            mistakes.Add(Key(nameof(options.AdvertisedHost)) + $" '{options.AdvertisedHost}' is no host name.");
        CheckPort(nameof(options.HttpPort), options.HttpPort, mistakes);
        CheckPort(nameof(options.PeerPort), options.PeerPort, mistakes);
        if (options.HttpPort == options.PeerPort && options.HttpPort != 0) mistakes.Add("KvNode:HttpPort and KvNode:PeerPort must differ.");
        if (options.RespPort != 0) CheckPort(nameof(options.RespPort), options.RespPort, mistakes);
        if (options.RespPort != 0 && (options.RespPort == options.HttpPort || options.RespPort == options.PeerPort)) mistakes.Add("KvNode:RespPort must differ from KvNode:HttpPort and KvNode:PeerPort.");
        if (options.RespAdvertisedPort is < 0 or > 65_535) mistakes.Add(Key(nameof(options.RespAdvertisedPort)) + $" is {options.RespAdvertisedPort}; it must be a port, or 0 for that of KvNode:RespPort.");
        if (options.RespAdvertisedHost.Length > 0 && Uri.CheckHostName(options.RespAdvertisedHost) == UriHostNameType.Unknown)
            mistakes.Add(Key(nameof(options.RespAdvertisedHost)) + $" '{options.RespAdvertisedHost}' is no host name.");
        if (options.DataDirectory.Length == 0) mistakes.Add(Key(nameof(options.DataDirectory)) + " is missing: give the server a folder of its own.");
    }

    private static void CheckPort(string option, int port, List<string> mistakes)
    {
        if (port is < 1 or > 65_535) mistakes.Add(Key(option) + $" is {port}; it must be a port from 1 to 65535.");
    }

    private static void CheckSeeds(KvNodeOptions options, List<string> mistakes)
    {
        var seeds = options.Seeds.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var seed in seeds)
            if (!Uri.TryCreate(seed, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp)
                mistakes.Add(Key(nameof(options.Seeds)) + $" has '{seed}', which is no http url.");
        if (seeds.Length == 0 && !options.IsBootstrap)
            mistakes.Add("KvNode:Seeds is empty and KvNode:Bootstrap is false: the server could neither find a cluster nor create one.");
    }

    private static void CheckNumbers(KvNodeOptions options, List<string> mistakes)
    {
        if (options.InitialNodes is < 1 or > 1_000) mistakes.Add(Key(nameof(options.InitialNodes)) + $" is {options.InitialNodes}; it must be 1 to 1000.");
        if (options.BeaconMilliseconds is < 10 or > 10_000) mistakes.Add(Key(nameof(options.BeaconMilliseconds)) + $" is {options.BeaconMilliseconds}; it must be 10 to 10000.");
        if (options.ValueBytesMax is < 1 or > 16 * 1024 * 1024) mistakes.Add(Key(nameof(options.ValueBytesMax)) + $" is {options.ValueBytesMax}; it must be 1 to 16777216.");
        if (options.ShutdownDelayMilliseconds is < 0 or > 60_000)
            mistakes.Add(Key(nameof(options.ShutdownDelayMilliseconds)) + $" is {options.ShutdownDelayMilliseconds}; it must be 0 to 60000.");
        CheckAtLeast(nameof(options.InFlightBytesMax), options.InFlightBytesMax, 32 * 1024 * 1024, mistakes);
        CheckAtLeast(nameof(options.LogEntriesKept), options.LogEntriesKept, 100, mistakes);
        CheckAtLeast(nameof(options.CatchUpBytesPerSecond), options.CatchUpBytesPerSecond, 64 * 1024, mistakes);
        CheckAtLeast(nameof(options.SnapshotBytesPerSecond), options.SnapshotBytesPerSecond, 64 * 1024, mistakes);
        if (options.CacheBytes is < 0 or > 1024 * 1024 * 1024) mistakes.Add(Key(nameof(options.CacheBytes)) + $" is {options.CacheBytes}; it must be 0 to 1073741824.");
    }

    private static void CheckAtLeast(string name, long value, long least, List<string> mistakes)
    {
        if (value < least) mistakes.Add(Key(name) + $" is {value}; it must be at least {least}.");
    }
}
