namespace KvCluster.Node.Resp;

/// <summary>How the replies of a command's steps make its one answer.</summary>
internal enum ReplyShape : byte
{
    /// <summary>One step, one answer.</summary>
    Single,

    /// <summary>Numbers added up.</summary>
    Sum,
    Array,

    /// <summary>All of them succeeded.</summary>
    Ok,
}
