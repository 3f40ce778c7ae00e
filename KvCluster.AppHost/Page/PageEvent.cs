namespace KvCluster.AppHost.Page;

/// <summary>Something that happened, for the time line.</summary>
/// <param name="At">Milliseconds since 1970.</param>
/// <param name="Kind">One of <see cref="PageEventKind"/>, as the page colours it.</param>
internal sealed record PageEvent(long At, PageEventKind Kind, string Text);
