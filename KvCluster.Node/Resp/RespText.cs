using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>Words and numbers in the arguments of a request.</summary>
internal static class RespText
{
    public static bool Is(ReadOnlySpan<byte> argument, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(argument, word);
    public static string Of(ReadOnlySpan<byte> argument) => Encoding.UTF8.GetString(argument);

    /// <summary>A span of time until a value expires, or a moment.</summary>
    /// <returns>Nothing when it can be used, else the error.</returns>
    public static string? TryExpiry(string command, ReadOnlySpan<byte> argument, bool isSeconds, bool isMoment, bool isPositive, out Expiry expiry)
    {
        expiry = default;
        if (!NumberText.TryInteger(argument, out var number)) return RespErrors.NotInteger;
        if (isPositive && number <= 0) return RespErrors.InvalidExpire(command);
        if (isSeconds)
        {
            if (number is > long.MaxValue / 1_000 or < long.MinValue / 1_000) return RespErrors.InvalidExpire(command);
            number *= 1_000;
        }

        if (!isMoment && number > long.MaxValue - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()) return RespErrors.InvalidExpire(command);
        expiry = new Expiry(isMoment ? ExpiryKind.At : ExpiryKind.After, number);
        return null;
    }

    /// <summary>Whether a word is <c>EX PX EXAT PXAT</c>.</summary>
    public static bool IsExpiryWord(ReadOnlySpan<byte> word, out bool isSeconds, out bool isMoment)
    {
        isSeconds = Is(word, "EX"u8) || Is(word, "EXAT"u8);
        isMoment = Is(word, "EXAT"u8) || Is(word, "PXAT"u8);
        return isSeconds || isMoment || Is(word, "PX"u8);
    }
}
