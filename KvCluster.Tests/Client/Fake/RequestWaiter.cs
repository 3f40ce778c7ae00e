namespace KvCluster.Tests.Client.Fake;

/// <summary>Waits for one request by its beginning.</summary>
internal sealed class RequestWaiter(string beginning)
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Arrived => _arrived.Task;

    public void OnRequest(string line)
    {
        if (line.StartsWith(beginning, StringComparison.Ordinal)) _arrived.TrySetResult();
    }
}
