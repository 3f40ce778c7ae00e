using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Tests.Simulation;

/// <summary>Request ids of one client by the rules of the client library: a sequence is complete when it was answered or given up.</summary>
internal sealed class ClientIds(UInt128 client)
{
    private ulong _next = 1;

    // One call at a time: everything below the next sequence is complete.
    public RequestId Begin(Revision stamp)
    {
        var sequence = _next++;
        return new RequestId(client, sequence, stamp, sequence);
    }
}
