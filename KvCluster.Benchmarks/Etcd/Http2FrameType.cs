namespace KvCluster.Benchmarks.Etcd;

/// <summary>The kinds of HTTP/2 frames that a client with one call at a time meets (RFC 9113, section 6).</summary>
internal enum Http2FrameType : byte
{
    Data = 0,
    Headers = 1,
    ResetStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
}
