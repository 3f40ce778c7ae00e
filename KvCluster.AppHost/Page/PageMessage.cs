namespace KvCluster.AppHost.Page;

/// <summary>One server-sent event.</summary>
/// <param name="Kind"><c>view</c>, <c>sample</c>, <c>event</c> or <c>line</c>.</param>
/// <param name="Json">A <see cref="PageView"/>, <see cref="LoadSample"/>, <see cref="PageEvent"/> or <see cref="PageLine"/>.</param>
internal readonly record struct PageMessage(string Kind, string Json);
