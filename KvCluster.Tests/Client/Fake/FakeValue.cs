using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Client.Fake;

internal sealed record FakeValue(byte[] Bytes, string ContentType, Revision Revision, long? ExpiresAt);
