using System.Threading.Tasks.Sources;
using KvCluster.Core.Replication;

namespace KvCluster.Node.Store;

/// <summary>A write, read confirmation or hand-over that waits for the core's word; pooled.</summary>
internal sealed class WaitingRequest : IValueTaskSource<WriteResult>
{
    private ManualResetValueTaskSourceCore<WriteResult> _source;

    public ValueTask<WriteResult> Task => new(this, _source.Version);

    /// <summary>The operation's name for the metrics, and since when it runs; zero when nobody measures.</summary>
    public (string Name, long Began) Operation { get; set; }

    /// <summary>Called when the result was taken; the object may be used for another request afterwards.</summary>
    public Action<WaitingRequest, WriteResult>? OnTaken { get; init; }

    /// <summary>Whoever waits goes on in this call: see <see cref="CompletedRequests"/>.</summary>
    public void Complete(WriteResult result) => _source.SetResult(result);

    WriteResult IValueTaskSource<WriteResult>.GetResult(short token)
    {
        var result = _source.GetResult(token);
        _source.Reset();
        OnTaken?.Invoke(this, result);
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<WriteResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<WriteResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
