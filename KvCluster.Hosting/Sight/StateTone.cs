namespace KvCluster.Hosting.Sight;

/// <summary>The weight of a state, whatever colour shows it.</summary>
internal enum StateTone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>On its way to where it should be.</summary>
    Busy,

    /// <summary>Out, while the node goes on without it.</summary>
    Warning,

    /// <summary>Serves nothing until somebody sees to it.</summary>
    Bad,
}
