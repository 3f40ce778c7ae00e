using KvCluster.Client.Http;

namespace KvCluster.Client.Requests;

/// <param name="Consistency">The option the server is asked with; none for linearizable.</param>
internal readonly record struct ReadTarget(StoreServer Server, string? Consistency);
