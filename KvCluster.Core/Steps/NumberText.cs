using System.Buffers.Text;
using System.Globalization;
using System.Text;
using KvCluster.Core.Commands;

namespace KvCluster.Core.Steps;

/// <summary>Numbers as Redis writes and reads them in values.</summary>
/// <remarks>Fractions are added in decimal digits, exactly, as long as they have at most 28; only beyond that in binary floating point.</remarks>
public static class NumberText
{
    public const int IntegerBytesMax = 20;
    private const NumberStyles FloatStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    // Beyond this a decimal would lose the digits behind its point.
    private const double ExactMax = 1e17;
    private const double ExactMin = 1e-10;

    /// <summary>Strictly: no blanks, no plus sign, no leading zeros.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        if (text.Length is 0 or > IntegerBytesMax) return false;
        var digits = text[0] == '-' ? text[1..] : text;
        if (digits.IsEmpty || !char.IsAsciiDigit((char)digits[0])) return false;
        if (digits[0] == '0' && text.Length > 1) return false;
        return Utf8Parser.TryParse(text, out number, out var read) && read == text.Length;
    }

    public static bool TryAdd(long left, long right, out long sum)
    {
        sum = unchecked(left + right);
        return ((left ^ sum) & (right ^ sum)) >= 0;
    }

    public static ReadOnlySpan<byte> Write(long number, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(number, destination, out var length);
        return destination[..length];
    }

    public static bool TryFloat(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        return text.Length is > 0 and <= 256 && double.TryParse(text, FloatStyle, CultureInfo.InvariantCulture, out number)
            ? !double.IsNaN(number)
            : IsInfinity(text, out number);
    }

    /// <returns>Nothing when <paramref name="sum"/> was made.</returns>
    public static StepFault TryAddFloat(ReadOnlySpan<byte> value, ReadOnlySpan<byte> by, out byte[] sum)
    {
        sum = [];
        if (!TryFloat(value, out var left) || !TryFloat(by, out var right)) return StepFault.NotFloat;
        var total = left + right;
        if (!double.IsFinite(total)) return StepFault.NotFinite;
        sum = Encoding.ASCII.GetBytes(TryExact(value, by, left, right, out var exact) ? exact : InBinary(total));
        return default;
    }

    private static bool TryExact(ReadOnlySpan<byte> value, ReadOnlySpan<byte> by, double left, double right, out string text)
    {
        text = "";
        if (!IsExact(left) || !IsExact(right)) return false;
        if (!decimal.TryParse(value, FloatStyle, CultureInfo.InvariantCulture, out var a) || !decimal.TryParse(by, FloatStyle, CultureInfo.InvariantCulture, out var b)) return false;

        // Redis keeps seventeen digits behind the point.
        text = Math.Round(a + b, 17).ToString("0.#################", CultureInfo.InvariantCulture);
        if (text == "-0") text = "0";
        return true;
    }

    private static bool IsExact(double number) => number == 0 || Math.Abs(number) is > ExactMin and < ExactMax;

    private static string InBinary(double number) => number.ToString(Math.Abs(number) < 1e-5 ? "0.#################" : "R", CultureInfo.InvariantCulture) is var text && text.Contains('E')
        ? number.ToString("F0", CultureInfo.InvariantCulture)
        : text;

    private static bool IsInfinity(ReadOnlySpan<byte> text, out double number)
    {
        var isNegative = text.Length > 0 && text[0] == '-';
        var word = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        number = isNegative ? double.NegativeInfinity : double.PositiveInfinity;
        return Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8);
    }
}
