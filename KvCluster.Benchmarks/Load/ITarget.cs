using System.Collections.Immutable;
using System.Net;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>What load is put on: some servers, which of them serves a key, and how to talk to it. Immutable, used by several threads.</summary>
internal interface ITarget
{
    string Name { get; }

    ImmutableArray<IPEndPoint> Servers { get; }

    /// <summary>Room that one request may need.</summary>
    int RequestBytesMax { get; }

    /// <returns>Place in <see cref="Servers"/> of the one that serves the key.</returns>
    int ServerOf(int key);

    /// <summary>The protocol for a new connection to a server.</summary>
    IExchange OpenExchange(int server);
}
