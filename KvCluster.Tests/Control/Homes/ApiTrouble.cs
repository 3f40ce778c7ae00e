namespace KvCluster.Tests.Control.Homes;

/// <summary>What goes wrong with the next replacement of the ConfigMap.</summary>
internal enum ApiTrouble
{
    None,

    /// <summary>It is carried out, and the connection ends before the answer.</summary>
    AnswerLost,

    /// <summary>Another write comes between its reading and its writing.</summary>
    Overtaken,

    /// <summary>429, once.</summary>
    Throttled,

    /// <summary>403: no right to do it.</summary>
    Forbidden,
}
