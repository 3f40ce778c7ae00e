using System.Text;

namespace KvCluster.Tests.Deployment.Templates;

/// <summary>
/// Renders templates as Helm does, as far as the chart goes. It is stricter in one point: a member that does not exist is a mistake and not
/// the word "no value", so that a value's wrong name cannot hide.
/// </summary>
internal sealed class TemplateEngine
{
    private readonly Dictionary<string, IReadOnlyList<TemplateNode>> _definitions = [];

    /// <summary>Reads a file and keeps its definitions for all.</summary>
    public IReadOnlyList<TemplateNode> Read(string template) => TemplateParser.Read(template, _definitions);

    public string Render(IReadOnlyList<TemplateNode> template, object? dot)
    {
        var scope = new TemplateScope(null);
        scope.Make("", dot);
        var text = new StringBuilder();
        Render(template, dot, scope, text);
        return text.ToString();
    }

    private void Render(IReadOnlyList<TemplateNode> nodes, object? dot, TemplateScope outer, StringBuilder text)
    {
        var scope = new TemplateScope(outer);
        foreach (var node in nodes) Render(node, dot, scope, text);
    }

    private void Render(TemplateNode node, object? dot, TemplateScope scope, StringBuilder text)
    {
        switch (node)
        {
            case TemplateNode.Text words:
                text.Append(words.Value);
                break;
            case TemplateNode.Output output:
                text.Append(TemplateFunctions.Print(Value(output.Value, dot, scope)));
                break;
            case TemplateNode.Assignment { IsNew: true } made:
                scope.Make(made.Name, Value(made.Value, dot, scope));
                break;
            case TemplateNode.Assignment changed:
                scope.Change(changed.Name, Value(changed.Value, dot, scope));
                break;
            case TemplateNode.If choice:
                Render(TemplateFunctions.IsTrue(Value(choice.Condition, dot, scope)) ? choice.Then : choice.Else, dot, scope, text);
                break;
            case TemplateNode.With with:
                var value = Value(with.Value, dot, scope);
                if (TemplateFunctions.IsTrue(value)) Render(with.Then, value, scope, text);
                else Render(with.Else, dot, scope, text);
                break;
            case TemplateNode.Range range:
                RenderEach(range, dot, scope, text);
                break;
        }
    }

    private void RenderEach(TemplateNode.Range range, object? dot, TemplateScope scope, StringBuilder text)
    {
        foreach (var element in TemplateFunctions.List(Value(range.Over, dot, scope)))
        {
            var inner = new TemplateScope(scope);
            if (range.Variable is { } name) inner.Make(name, element);
            Render(range.Body, element, inner, text);
        }
    }

    private object? Value(TemplateExpression expression, object? dot, TemplateScope scope) => expression switch
    {
        TemplateExpression.Literal literal => literal.Value,
        TemplateExpression.Dot => dot,
        TemplateExpression.Variable variable => scope[variable.Name],
        TemplateExpression.Member member => Member(Value(member.Of, dot, scope), member.Name),
        TemplateExpression.Call { Function: "include" } call => Include([.. call.Arguments.Select(argument => Value(argument, dot, scope))]),
        TemplateExpression.Call call => TemplateFunctions.Call(call.Function, [.. call.Arguments.Select(argument => Value(argument, dot, scope))]),
        _ => throw new TemplateException($"Not understood: {expression}"),
    };

    private string Include(object?[] arguments) => arguments is [string name, var dot] && _definitions.TryGetValue(name, out var template)
        ? Render(template, dot)
        : throw new TemplateException($"There is no template '{arguments.FirstOrDefault()}' to include.");

    private static object? Member(object? of, string name) => of is IReadOnlyDictionary<string, object?> map && map.TryGetValue(name, out var value)
        ? value
        : throw new TemplateException($"There is no '{name}' here.");
}
