namespace KvCluster.Tests.Deployment.Templates;

/// <summary>Text as it stands, or what stands between two braces.</summary>
internal readonly record struct TemplateToken(bool IsAction, string Text)
{
    private const string CommentStart = "/*";
    private const string CommentEnd = "*/";

    /// <summary>Cuts a template into its tokens. A hyphen at a brace takes the white space beside it away; comments vanish.</summary>
    public static IReadOnlyList<TemplateToken> Read(string template)
    {
        var tokens = new List<TemplateToken>();
        var rest = template.AsSpan();
        var isTrimmed = false;
        while (true)
        {
            var open = rest.IndexOf("{{", StringComparison.Ordinal);
            var text = open < 0 ? rest : rest[..open];
            if (isTrimmed) text = text.TrimStart();
            if (open >= 0 && rest[(open + 2)..].StartsWith("- ")) text = text.TrimEnd();
            if (text.Length > 0) tokens.Add(new TemplateToken(false, text.ToString()));
            if (open < 0) return tokens;

            rest = rest[(open + 2)..];
            var close = EndOfAction(rest);
            var action = rest[..close];
            rest = rest[(close + 2)..];
            if (action.StartsWith("- ")) action = action[2..];
            isTrimmed = action.EndsWith(" -");
            if (isTrimmed) action = action[..^2];
            action = action.Trim();
            if (action.StartsWith(CommentStart))
            {
                if (!action.EndsWith(CommentEnd)) throw new TemplateException($"A comment must be alone between its braces: {action}");
                continue;
            }

            tokens.Add(new TemplateToken(true, action.ToString()));
        }
    }

    private static int EndOfAction(ReadOnlySpan<char> rest)
    {
        var isQuoted = false;
        for (var at = 0; at < rest.Length - 1; at++)
        {
            if (rest[at] == '"' && (at == 0 || rest[at - 1] != '\\')) isQuoted = !isQuoted;
            if (!isQuoted && rest[at] == '}' && rest[at + 1] == '}') return at;
        }

        throw new TemplateException($"Braces are not closed: {rest}");
    }
}
