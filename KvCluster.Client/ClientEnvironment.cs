using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery;

namespace KvCluster.Client;

/// <summary>What the program around a client lends it.</summary>
/// <param name="Discovery">Asked only by a client that looks its servers up: service discovery itself needs the program's configuration.</param>
/// <param name="Handler">Sends the requests instead of connections of the client's own.</param>
internal sealed record ClientEnvironment(TimeProvider Time, ILoggerFactory Loggers, IMeterFactory? Meters, Func<ServiceEndpointResolver>? Discovery = null, HttpMessageHandler? Handler = null);
