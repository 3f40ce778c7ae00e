using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>Bounds of one connection on the Redis port.</summary>
internal static class RespLimits
{
    /// <summary>A line that is no argument: an inline command, or a header.</summary>
    public const int LineBytesMax = 64 * 1024;
    public const int ArgumentsMax = 1024 * 1024;

    /// <summary>A request with all its arguments.</summary>
    public const int RequestBytesMax = StepWriter.PayloadBytesMax;

    /// <summary>Writes of one pipeline that go into one entry of the log.</summary>
    public const int BatchBytes = 256 * 1024;
    public const int BatchRequests = 512;

    /// <summary>Steps in one entry whose cost is that of the values they find: values of up to a megabyte stay within what one entry may read.</summary>
    public const int BatchHeavySteps = 64;

    /// <summary>Answers are sent on when they have this size, so that a long pipeline is not held in memory.</summary>
    public const int UnsentBytes = 64 * 1024;

    /// <summary>Commands a transaction may queue, and the bytes of those among them that are no steps.</summary>
    public const int TransactionCommandsMax = 10_000;
    public const int TransactionRequestBytesMax = 1 << 20;
    public const int WatchesMax = 1_000;

    /// <summary>Messages that wait for a subscriber who does not read; with more the connection is closed.</summary>
    public const int PushesMax = 10_000;
    public const long PushBytesMax = 8 << 20;
    public const int ChannelsMax = 10_000;

    /// <summary>Names of keys in one answer.</summary>
    public const long KeyNameBytesMax = 64L << 20;
    public const int KeysInSlotMax = 10_000;

    /// <summary>Connections that a server takes, of HTTP and of Redis together.</summary>
    public const int ConnectionsMax = 20_000;

    /// <summary>Cursors of SCAN that are remembered.</summary>
    public const int CursorsMax = 10_000;
}
