namespace KvCluster.Node.Store;

/// <summary>
/// Requests that got their word at the same moment: one thread goes on with all of them. To wake a thread for each costs more than what it has to
/// do, which is to write an answer to a socket.
/// </summary>
internal sealed class CompletedRequests(int capacity) : IThreadPoolWorkItem
{
    private readonly List<(WaitingRequest Request, WriteResult Result)> _requests = new(capacity);

    public int Count => _requests.Count;

    public void Add(WaitingRequest request, WriteResult result) => _requests.Add((request, result));

    /// <summary>Hands the requests to the pool; nothing may be added any more.</summary>
    public void Release() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    /// <summary>Goes on with the requests on this thread.</summary>
    public void Finish()
    {
        foreach (var (request, result) in _requests) request.Complete(result);
    }

    void IThreadPoolWorkItem.Execute() => Finish();
}
