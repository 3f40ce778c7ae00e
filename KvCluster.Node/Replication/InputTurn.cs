namespace KvCluster.Node.Replication;

/// <summary>What an input asks of the thread that brought it.</summary>
internal enum InputTurn : byte
{
    /// <summary>Nothing: it can wait, or another thread is at it.</summary>
    NotNeeded,

    /// <summary>Somebody has to take the turn.</summary>
    Open,

    /// <summary>The thread has the turn and must give it back.</summary>
    Yours,
}
