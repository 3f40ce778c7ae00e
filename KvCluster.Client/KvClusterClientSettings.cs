namespace KvCluster.Client;

/// <summary>
/// What configuration says of a registered client: section <c>Aspire:KvCluster:Client</c>, then <c>Aspire:KvCluster:Client:NAME</c>,
/// then <c>ConnectionStrings:NAME</c>, then the delegate of the registration; the later wins.
/// </summary>
public sealed class KvClusterClientSettings
{
    /// <summary>Servers and settings, see <see cref="Configuration.KvConnectionString"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Do not register the health check.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Do not subscribe OpenTelemetry to the client's spans.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Do not subscribe OpenTelemetry to the client's metrics.</summary>
    public bool DisableMetrics { get; set; }
}
