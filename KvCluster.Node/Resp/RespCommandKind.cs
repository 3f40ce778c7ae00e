namespace KvCluster.Node.Resp;

internal enum RespCommandKind : byte
{
    /// <summary>About the connection, the server, the cluster, all keys.</summary>
    Server,

    /// <summary>Reads keys it names.</summary>
    Read,

    /// <summary>Writes keys it names.</summary>
    Write,
}
