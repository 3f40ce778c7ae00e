namespace KvCluster.Node.Peer;

/// <summary>What a connection on the peer port is for. Beacons have one of their own, so that no bulk delays them (L7).</summary>
internal enum PeerPurpose : byte
{
    Beacons = 0,
    Entries = 1,

    /// <summary>Messages of the topology register: one answer for each request.</summary>
    Register = 2,
}
