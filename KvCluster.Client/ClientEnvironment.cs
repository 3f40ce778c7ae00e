using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery;

namespace KvCluster.Client;

/// <summary>What the program around a client lends it.</summary>
internal sealed record ClientEnvironment(TimeProvider Time, ILoggerFactory Loggers, IMeterFactory? Meters, ServiceEndpointResolver? Discovery = null);
