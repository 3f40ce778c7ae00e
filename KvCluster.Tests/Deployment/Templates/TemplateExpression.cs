namespace KvCluster.Tests.Deployment.Templates;

/// <summary>What stands between the braces: something that has a value.</summary>
internal abstract record TemplateExpression
{
    public sealed record Literal(object? Value) : TemplateExpression;

    /// <summary>The dot.</summary>
    public sealed record Dot : TemplateExpression;

    /// <summary><c>$name</c>; the empty name is what the template was called with.</summary>
    public sealed record Variable(string Name) : TemplateExpression;

    /// <summary>A member of another value.</summary>
    public sealed record Member(TemplateExpression Of, string Name) : TemplateExpression;
    public sealed record Call(string Function, IReadOnlyList<TemplateExpression> Arguments) : TemplateExpression;
}
