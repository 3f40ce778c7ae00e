namespace KvCluster.Node.Resp;

/// <summary>Patterns of KEYS, SCAN and PSUBSCRIBE: <c>*</c>, <c>?</c>, <c>[a-c]</c>, <c>[^a]</c>, and a backslash before a letter that means itself.</summary>
/// <remarks>Each star is tried from where the one before it stands, never again further left: the time grows with pattern times text, not with their powers.</remarks>
internal static class GlobPattern
{
    public static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        var (at, letter, star, mark) = (0, 0, -1, 0);
        while (letter < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                mark = letter;
            }
            else if (at < pattern.Length && TryOne(pattern, ref at, text[letter]))
            {
                letter++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                letter = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (at < pattern.Length && pattern[at] == '*') at++;
        return at == pattern.Length;
    }

    /// <summary>The bytes with which every match begins.</summary>
    public static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> pattern)
    {
        var end = pattern.IndexOfAny("*?[\\"u8);
        return end < 0 ? pattern : pattern[..end];
    }

    // Moves behind the pattern's element only when the letter fits.
    private static bool TryOne(ReadOnlySpan<byte> pattern, ref int at, byte letter)
    {
        switch (pattern[at])
        {
            case (byte)'?':
                at++;
                return true;
            case (byte)'[':
                return TryClass(pattern, ref at, letter);
            case (byte)'\\' when at + 1 < pattern.Length:
                if (pattern[at + 1] != letter) return false;
                at += 2;
                return true;
            default:
                if (pattern[at] != letter) return false;
                at++;
                return true;
        }
    }

    private static bool TryClass(ReadOnlySpan<byte> pattern, ref int at, byte letter)
    {
        var next = at + 1;
        var isNot = next < pattern.Length && pattern[next] == '^';
        if (isNot) next++;
        var isIn = false;
        while (next < pattern.Length && pattern[next] != ']')
        {
            if (pattern[next] == '\\' && next + 1 < pattern.Length) next++;
            var (low, high) = (pattern[next], pattern[next]);
            if (next + 2 < pattern.Length && pattern[next + 1] == '-')
            {
                high = pattern[next + 2];
                next += 2;
            }

            if (low > high) (low, high) = (high, low);
            isIn |= letter >= low && letter <= high;
            next++;
        }

        if (isIn == isNot) return false;
        at = Math.Min(next + 1, pattern.Length);
        return true;
    }
}
