using System.Globalization;
using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Requests;

/// <summary>
/// Names one write for ever, so that a retry of it gets the first answer instead of a second effect (RIFL, SOSP 2015).
/// </summary>
/// <param name="Client">128 random bits drawn when a client starts; for an opaque key, a hash of it.</param>
/// <param name="Sequence">Grows by one with each write of the client; zero for an opaque key.</param>
/// <param name="Stamp">The highest revision the client had seen when it first sent the request; none for an opaque key.</param>
/// <param name="FirstIncomplete">Every lower sequence of this client has been answered and will never be retried; zero if unknown.</param>
/// <remarks>Text form in <c>Idempotency-Key</c>: <c>kv1.CLIENT(32 hex).SEQUENCE.STAMP.FIRSTINCOMPLETE</c>; any other text is an opaque key.</remarks>
public readonly record struct RequestId(UInt128 Client, ulong Sequence, Revision Stamp, ulong FirstIncomplete)
{
    private const string Prefix = "kv1.";

    public static readonly RequestId None;

    public bool IsNone => Client == UInt128.Zero;
    public bool IsStamped => !Stamp.IsNone || Sequence != 0;

    public static bool TryParse(string text, out RequestId id)
    {
        id = None;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var parts = text.Split('.');
        if (parts.Length != 5 || parts[1].Length != 32) return false;
        if (!UInt128.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var client)
            || !ulong.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || !Revision.TryParse(parts[3], out var stamp)
            || !ulong.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var firstIncomplete)) return false;
        if (client == UInt128.Zero || sequence == 0 || firstIncomplete > sequence) return false;
        id = new RequestId(client, sequence, stamp, firstIncomplete);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Client:x32}.{Sequence}.{Stamp}.{FirstIncomplete}");
}
