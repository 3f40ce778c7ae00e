namespace KvCluster.Tests.Control.Homes;

/// <summary>What goes wrong with one request for the ConfigMap.</summary>
internal enum ApiTrouble
{
    None,

    /// <summary>It is carried out, and the connection ends before the answer.</summary>
    AnswerLost,

    /// <summary>It is carried out, and the connection ends in the middle of the answer's body.</summary>
    AnswerCut,

    /// <summary>It is carried out, and no answer comes.</summary>
    Hangs,

    /// <summary>Something touches the map between its reading and its writing; the topology stays.</summary>
    Touched,

    /// <summary>Another topology is written between its reading and its writing.</summary>
    Overtaken,

    /// <summary>429, once.</summary>
    Throttled,

    /// <summary>403: no right to do it.</summary>
    Forbidden,

    /// <summary>500.</summary>
    Failed,

    /// <summary>410: that version is forgotten. For a watch, within its stream.</summary>
    Gone,
}
