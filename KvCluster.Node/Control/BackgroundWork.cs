namespace KvCluster.Node.Control;

/// <summary>
/// Holds the tasks that nobody waits for to the rule that nothing ends unseen: the first one that fails fails <see cref="Failed"/>, for which the
/// server's life waits.
/// </summary>
internal sealed class BackgroundWork
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Never ends but with the failure of a task.</summary>
    public Task Failed => _failed.Task;

    public void Begin(Func<Task> work) => _ = ObserveAsync(work);

    // Border: what a task of its own runs into is a broken invariant, since what it expects it handles itself.
    private async Task ObserveAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception broken)
        {
            _failed.TrySetException(broken);
        }
    }
}
