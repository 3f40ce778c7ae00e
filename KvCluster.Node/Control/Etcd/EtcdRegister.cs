using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control.Etcd;

/// <summary>
/// The topology in an etcd, by the JSON gateway of its version 3 API: the document under one key, its version under another, both written
/// by one transaction that compares the version. etcd's answers are linearizable.
/// </summary>
/// <remarks>
/// The members are asked in turn, beginning with the one that answered last. To ask the next one with the same transaction is safe even if
/// the first has carried it out: the comparison fails then, and the document itself says whose it is.
/// </remarks>
internal sealed class EtcdRegister(IReadOnlyList<Uri> endpoints, string key, HttpMessageHandler handler) : ITopologyRegister, IDisposable
{
    private static readonly TimeSpan OperationMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AttemptMax = TimeSpan.FromMilliseconds(700);
    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly byte[] _document = Encoding.UTF8.GetBytes(key);
    private readonly byte[] _version = Encoding.UTF8.GetBytes(key + ".version");
    private int _first;

    public async Task<ClusterTopology?> ReadAsync(CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource(OperationMax);
        return (await TryReadAsync(end.Token, cancellation)).Document;
    }

    public async Task<CompareAndSetResult> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource(OperationMax);
        var body = new EtcdTransaction(
            [expectedVersion == 0 ? new EtcdCompare(_version, "VERSION", null, "0") : new EtcdCompare(_version, "VALUE", Text(expectedVersion), null)],
            [
                new EtcdOperation(new EtcdKeyValue(_document, RegisterDocument.Write(document))),
                new EtcdOperation(new EtcdKeyValue(_version, Text(document.Version))),
            ]);
        var (answer, isInDoubt) = await AskAsync("/v3/kv/txn", body, EtcdJson.Default.EtcdTransaction, EtcdJson.Default.EtcdTransactionResponse, end.Token, cancellation);
        if (answer is null) return new CompareAndSetResult(isInDoubt ? RegisterOutcome.Unknown : RegisterOutcome.Unavailable);
        if (answer.Succeeded) return new CompareAndSetResult(RegisterOutcome.Written, document);

        // Another member, or the gateway's own repetition, may have carried out this very request before.
        var (isRead, newest) = await TryReadAsync(end.Token, cancellation);
        var settled = isRead ? RegisterDocument.Settle(newest, expectedVersion, document) : new CompareAndSetResult(RegisterOutcome.Unknown);
        return isInDoubt && settled.Outcome is RegisterOutcome.Unavailable or RegisterOutcome.Unknown ? new CompareAndSetResult(RegisterOutcome.Unknown) : settled;
    }

    private async Task<(bool IsRead, ClusterTopology? Document)> TryReadAsync(CancellationToken end, CancellationToken cancellation)
    {
        var body = new EtcdRangeRequest(_document);
        var (answer, _) = await AskAsync("/v3/kv/range", body, EtcdJson.Default.EtcdRangeRequest, EtcdJson.Default.EtcdRangeResponse, end, cancellation);
        if (answer is null) return (false, null);
        return answer.Kvs is [var found, ..] ? RegisterDocument.Read(found.Value) : (true, null);
    }

    private async Task<(TAnswer? Answer, bool IsInDoubt)> AskAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken end, CancellationToken cancellation)
        where TAnswer : class
    {
        var isInDoubt = false;
        for (var attempt = 0; attempt < endpoints.Count * 2 && !end.IsCancellationRequested; attempt++)
        {
            var place = (Volatile.Read(ref _first) + attempt) % endpoints.Count;
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(end, cancellation);
            patience.CancelAfter(AttemptMax);
            try
            {
                using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
                using var response = await _http.PostAsync(new Uri(endpoints[place], path), content, patience.Token);
                if (response.IsSuccessStatusCode)
                {
                    var answer = await response.Content.ReadFromJsonAsync(answerType, patience.Token);
                    Volatile.Write(ref _first, place);
                    return (answer, isInDoubt);
                }

                // It says that it cannot, which it may have found out after it had proposed the change.
                isInDoubt = true;
            }
            catch (HttpRequestException failure)
            {
                isInDoubt |= failure.InnerException is not SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.HostNotFound };
            }
            catch (Exception failure) when (RegisterFailure.IsTrouble(failure, cancellation))
            {
                isInDoubt = true;
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return (null, isInDoubt);
    }

    private static byte[] Text(long version) => Encoding.ASCII.GetBytes(version.ToString(CultureInfo.InvariantCulture));

    public void Dispose() => _http.Dispose();
}
