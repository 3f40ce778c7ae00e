namespace KvCluster.Client.Requests;

/// <summary>What an answer means for the call.</summary>
internal enum AnswerVerdict
{
    /// <summary>It is the result, good or bad.</summary>
    Final,

    /// <summary>Another server has to be asked; nothing was applied.</summary>
    Redirect,

    /// <summary>Not now; nothing was applied by this attempt.</summary>
    Refused,

    /// <summary>Not now; this attempt may have been applied.</summary>
    InDoubt,

    /// <summary>The request id is too old or too new for the server; this attempt was not executed.</summary>
    WrongStamp,
}
