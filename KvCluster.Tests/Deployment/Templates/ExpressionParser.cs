using System.Globalization;
using System.Text.RegularExpressions;

namespace KvCluster.Tests.Deployment.Templates;

/// <summary>Reads one pipeline: <c>a b (c d) | f</c>.</summary>
internal sealed partial class ExpressionParser
{
    private readonly string _source;
    private readonly List<string> _words;
    private int _at;

    private ExpressionParser(string source)
    {
        _source = source;
        _words = [.. Word().Matches(source).Select(match => match.Value)];
        if (_words.Sum(word => word.Length) != source.Count(letter => !char.IsWhiteSpace(letter)) + _words.Sum(word => word.Count(char.IsWhiteSpace)))
            throw new TemplateException($"Not understood: {source}");
    }

    public static TemplateExpression Read(string source)
    {
        var parser = new ExpressionParser(source);
        var expression = parser.Pipeline();
        return parser._at == parser._words.Count ? expression : throw new TemplateException($"Not understood: {source}");
    }

    private string? Next => _at < _words.Count ? _words[_at] : null;

    private TemplateExpression Pipeline()
    {
        var value = Command(null);
        while (Next == "|")
        {
            _at++;
            value = Command(value);
        }

        return value;
    }

    // The value that comes through the pipe is the last argument.
    private TemplateExpression Command(TemplateExpression? piped)
    {
        if (Next is { } word && IsFunction(word))
        {
            _at++;
            var arguments = new List<TemplateExpression>();
            while (Next is not (null or "|" or ")")) arguments.Add(Operand());
            if (piped is not null) arguments.Add(piped);
            return new TemplateExpression.Call(word, arguments);
        }

        return piped is null ? Operand() : throw new TemplateException($"Behind a pipe there must be a function: {_source}");
    }

    private TemplateExpression Operand()
    {
        var word = Next ?? throw new TemplateException($"Something is missing: {_source}");
        _at++;
        if (word == "(")
        {
            var inner = Pipeline();
            if (Next != ")") throw new TemplateException($"A parenthesis is not closed: {_source}");
            _at++;
            return Next is { Length: > 1 } path && path[0] == '.' && IsGlued() ? Members(inner, _words[_at++]) : inner;
        }

        if (word[0] == '"') return new TemplateExpression.Literal(Regex.Unescape(word[1..^1]));
        if (word is "true" or "false") return new TemplateExpression.Literal(word == "true");
        if (long.TryParse(word, CultureInfo.InvariantCulture, out var number)) return new TemplateExpression.Literal(number);
        if (word == ".") return new TemplateExpression.Dot();
        if (word[0] == '.') return Members(new TemplateExpression.Dot(), word);
        if (word[0] == '$')
        {
            var dot = word.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? new TemplateExpression.Variable(word[1..]) : Members(new TemplateExpression.Variable(word[1..dot]), word[dot..]);
        }

        // A function without arguments, as "list".
        return IsFunction(word) ? new TemplateExpression.Call(word, []) : throw new TemplateException($"'{word}' is not understood: {_source}");
    }

    private bool IsGlued() => _source.Contains(")" + _words[_at], StringComparison.Ordinal);

    private static TemplateExpression Members(TemplateExpression of, string path) =>
        path.Split('.', StringSplitOptions.RemoveEmptyEntries).Aggregate(of, (value, name) => new TemplateExpression.Member(value, name));

    private static bool IsFunction(string word) => char.IsAsciiLetter(word[0]) && word is not ("true" or "false");

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|\$[A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*|(?:\.[A-Za-z0-9_]+)+|\.|-?[0-9]+|[A-Za-z][A-Za-z0-9]*|[()|]
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();
}
