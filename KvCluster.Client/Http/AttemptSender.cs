using System.Collections.Concurrent;
using System.Net.Sockets;

namespace KvCluster.Client.Http;

/// <summary>Sends one request once, within its time, and says how far it came. The client's border to the network.</summary>
internal sealed class AttemptSender(StoreHttpClientFactory factory, TimeProvider time)
{
    private const int IdleTimersMax = 256;
    private readonly ConcurrentBag<CancellationTokenSource> _idleTimers = [];

    /// <param name="asMain">Give up as soon as the topology names another main.</param>
    /// <exception cref="OperationCanceledException">The caller gave up; nothing is known of the request.</exception>
    public async ValueTask<Attempt> SendAsync(StoreServer server, HttpRequestMessage message, TimeSpan timeout, bool asMain, CancellationToken cancellationToken)
    {
        var timer = RentTimer();
        if (asMain) server.OnSending(time.GetTimestamp());
        var answered = false;
        try
        {
            timer.CancelAfter(timeout);
            using var byCaller = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), timer);
            using var byDemotion = asMain ? server.Demoted.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), timer) : default;
            using var response = await factory.SendAsync(message, timer.Token).ConfigureAwait(false);
            var answer = await AnswerReader.ReadAsync(response, timer.Token).ConfigureAwait(false);
            if (asMain) server.OnAnswered(time.GetTimestamp());
            answered = true;
            return Attempt.Answered(answer);
        }
        catch (OperationCanceledException canceled)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // The handler's own time-out for connecting is the only one that ends an attempt without our timer.
            if (canceled.InnerException is TimeoutException connecting && !timer.IsCancellationRequested) return Attempt.NotSent(connecting);
            return Attempt.NoAnswer(new TimeoutException($"{server} did not answer in time.", canceled));
        }
        catch (HttpRequestException failed) when (IsConnectFailure(failed))
        {
            return Attempt.NotSent(failed);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException)
        {
            return Attempt.NoAnswer(failed);
        }
        finally
        {
            if (asMain && !answered) server.OnAbandoned();
            message.Dispose();
            ReturnTimer(timer);
        }
    }

    private static bool IsConnectFailure(HttpRequestException failed) =>
        failed.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private CancellationTokenSource RentTimer() =>
        _idleTimers.TryTake(out var timer) ? timer : new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);

    private void ReturnTimer(CancellationTokenSource timer)
    {
        if (_idleTimers.Count < IdleTimersMax && timer.TryReset()) _idleTimers.Add(timer);
        else timer.Dispose();
    }
}
