using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Machine;

/// <summary>Where Aspire's dashboard listens, for whoever did not say so: Aspire refuses to start without the three addresses, which a launch
/// profile usually names. Free ports of this machine do, so that several AppHosts can run beside each other.</summary>
internal static class DashboardAddresses
{
    /// <summary>The variables by which Aspire is told; each is an url.</summary>
    public static readonly string[] Variables = ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <param name="environment">What the user has set.</param>
    /// <param name="freePorts">At least three ports that nobody listens on.</param>
    /// <returns>The variables that are missing, with an url of this machine for each.</returns>
    public static IReadOnlyDictionary<string, string> Missing(Func<string, string?> environment, ServerPorts freePorts)
    {
        int[] ports = [freePorts.Http, freePorts.Peer, freePorts.Resp];
        return Variables.Zip(ports).Where(pair => string.IsNullOrEmpty(environment(pair.First))).ToDictionary(pair => pair.First, pair => $"http://127.0.0.1:{pair.Second}");
    }
}
