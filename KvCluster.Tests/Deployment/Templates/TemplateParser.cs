using System.Text.RegularExpressions;

namespace KvCluster.Tests.Deployment.Templates;

/// <summary>Makes a tree of the tokens. Knows what the chart uses of the language of Go's templates, and refuses the rest.</summary>
internal sealed partial class TemplateParser
{
    private readonly IReadOnlyList<TemplateToken> _tokens;
    private readonly IDictionary<string, IReadOnlyList<TemplateNode>> _definitions;
    private int _at;

    private TemplateParser(string template, IDictionary<string, IReadOnlyList<TemplateNode>> definitions) =>
        (_tokens, _definitions) = (TemplateToken.Read(template), definitions);

    /// <summary>Reads one file; what it defines goes into <paramref name="definitions"/>.</summary>
    public static IReadOnlyList<TemplateNode> Read(string template, IDictionary<string, IReadOnlyList<TemplateNode>> definitions)
    {
        var parser = new TemplateParser(template, definitions);
        var (nodes, end) = parser.Block();
        return end is null ? nodes : throw new TemplateException($"Nothing is open that '{end}' could close.");
    }

    // Up to the word that ends a block: "end", "else", "else if ..."; null at the end of the file.
    private (IReadOnlyList<TemplateNode> Nodes, string? End) Block()
    {
        var nodes = new List<TemplateNode>();
        while (_at < _tokens.Count)
        {
            var token = _tokens[_at++];
            if (!token.IsAction)
            {
                nodes.Add(new TemplateNode.Text(token.Text));
                continue;
            }

            var (word, rest) = Split(token.Text);
            if (word is "end" or "else") return (nodes, token.Text);
            if (word == "define") Define(rest);
            else nodes.Add(Node(word, rest, token.Text));
        }

        return (nodes, null);
    }

    private TemplateNode Node(string word, string rest, string action)
    {
        switch (word)
        {
            case "if":
                return If(rest);
            case "with":
                var (then, otherwise) = Branches(rest);
                return new TemplateNode.With(ExpressionParser.Read(rest), then, otherwise);
            case "range":
                return Range(rest);
            case "template" or "block" or "break" or "continue":
                throw new TemplateException($"'{word}' is not known here: {action}");
        }

        return Assignment().Match(action) is { Success: true } set
            ? new TemplateNode.Assignment(set.Groups[1].Value, set.Groups[2].Value == ":=", ExpressionParser.Read(set.Groups[3].Value))
            : new TemplateNode.Output(ExpressionParser.Read(action));
    }

    private TemplateNode.If If(string condition)
    {
        var (then, otherwise) = Branches(condition);
        return new TemplateNode.If(ExpressionParser.Read(condition), then, otherwise);
    }

    private TemplateNode.Range Range(string over)
    {
        var named = Assignment().Match(over);
        var (body, end) = Block();
        if (end != "end") throw new TemplateException($"No end, or an else, of: range {over}");
        return named.Success
            ? new TemplateNode.Range(named.Groups[1].Value, ExpressionParser.Read(named.Groups[3].Value), body)
            : new TemplateNode.Range(null, ExpressionParser.Read(over), body);
    }

    private (IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else) Branches(string of)
    {
        var (then, end) = Block();
        if (end == "end") return (then, []);
        if (end == "else")
        {
            var (otherwise, last) = Block();
            return last == "end" ? (then, otherwise) : throw new TemplateException($"No end of: {of}");
        }

        return end is not null && Split(Split(end).After) is ("if", var condition) ? (then, [If(condition)]) : throw new TemplateException($"No end of: {of}");
    }

    private void Define(string name)
    {
        var (nodes, end) = Block();
        if (end != "end") throw new TemplateException($"No end of: define {name}");
        if (!_definitions.TryAdd(name.Trim('"'), nodes)) throw new TemplateException($"Defined twice: {name}");
    }

    private static (string Word, string After) Split(string action)
    {
        var space = action.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (action, "") : (action[..space], action[(space + 1)..].Trim());
    }

    [GeneratedRegex(@"^\$([A-Za-z0-9_]+)\s*(:?=)\s*(.+)$", RegexOptions.Singleline)]
    private static partial Regex Assignment();
}
