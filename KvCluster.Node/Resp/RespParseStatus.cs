namespace KvCluster.Node.Resp;

internal enum RespParseStatus
{
    /// <summary>The request is not complete.</summary>
    Incomplete,

    /// <summary>A request without arguments was taken; there is nothing to answer.</summary>
    Nothing,
    Request,

    /// <summary>No request can be found in the bytes any more: the connection has to be closed.</summary>
    Broken,
}
