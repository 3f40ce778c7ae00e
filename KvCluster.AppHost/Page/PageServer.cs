using KvCluster.Hosting.Sight;

namespace KvCluster.AppHost.Page;

/// <summary>A server of the picture.</summary>
/// <param name="Text">Its role and state in a few words.</param>
/// <param name="Process">Number of its process; none while there is none.</param>
/// <param name="Applied">The newest log entry in its state.</param>
/// <param name="Lag">Log entries that its other server has not on disk; none where there is no such server.</param>
/// <param name="Actions">What can be done to it now, separated by blanks.</param>
internal sealed record PageServer(
    string Name,
    string Url,
    string? Resp,
    string Role,
    bool IsMaster,
    bool IsVoter,
    string Text,
    StateTone Tone,
    int? Process,
    long Applied,
    long? Lag,
    string Actions);
