using System.Numerics;
using System.Text;

namespace KvCluster.Core.Patching;

/// <summary>A JSON number of any size, such that equal numbers are equal records: 0.DIGITS times ten to the exponent, no zeros around the digits.</summary>
internal readonly record struct JsonNumber(bool IsNegative, string Digits, BigInteger Exponent)
{
    // Nobody means more; longer ones would take their time to read.
    private const int ExponentDigitsMax = 64;

    /// <param name="text">As a JSON parser accepts it.</param>
    public static JsonNumber Parse(ReadOnlySpan<byte> text)
    {
        var isNegative = text[0] == '-';
        var body = isNegative ? text[1..] : text;
        var mark = body.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = mark < 0 ? body : body[..mark];
        var point = mantissa.IndexOf((byte)'.');
        var whole = point < 0 ? mantissa : mantissa[..point];
        var digits = Encoding.ASCII.GetString(whole) + (point < 0 ? "" : Encoding.ASCII.GetString(mantissa[(point + 1)..]));
        var significant = digits.TrimStart('0');
        if (significant.Length == 0) return new JsonNumber(false, "", 0);
        var exponent = (mark < 0 ? 0 : ExponentOf(body[(mark + 1)..])) + whole.Length - (digits.Length - significant.Length);
        return new JsonNumber(isNegative, significant.TrimEnd('0'), exponent);
    }

    private static BigInteger ExponentOf(ReadOnlySpan<byte> text)
    {
        var isNegative = text[0] == '-';
        var digits = (text[0] is (byte)'-' or (byte)'+' ? text[1..] : text).TrimStart((byte)'0');
        if (digits.IsEmpty) return 0;
        var size = digits.Length > ExponentDigitsMax ? BigInteger.Pow(10, ExponentDigitsMax) : BigInteger.Parse(Encoding.ASCII.GetString(digits), System.Globalization.CultureInfo.InvariantCulture);
        return isNegative ? -size : size;
    }
}
