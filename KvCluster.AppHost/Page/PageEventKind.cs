namespace KvCluster.AppHost.Page;

/// <summary>What sort of thing happened.</summary>
internal enum PageEventKind
{
    /// <summary>A server was registered, or a process began or ended.</summary>
    Server,

    /// <summary>Another server leads a node, without or against its will.</summary>
    Failover,

    /// <summary>Another server leads a node, as somebody asked.</summary>
    HandOver,

    /// <summary>A node has one copy, or two again.</summary>
    Copies,

    /// <summary>The master or the voters changed.</summary>
    Control,

    /// <summary>All slots are served, or not.</summary>
    Cluster,

    /// <summary>Somebody did something on the page.</summary>
    Command,
}
