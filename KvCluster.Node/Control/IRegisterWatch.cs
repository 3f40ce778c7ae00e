namespace KvCluster.Node.Control;

/// <summary>Brings this server the changes of a register that others keep and that can tell of them.</summary>
internal interface IRegisterWatch
{
    /// <summary>Runs until the server stops; trouble with the register does not end it.</summary>
    Task RunAsync(CancellationToken stopping);
}
