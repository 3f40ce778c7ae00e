namespace KvCluster.Tests.Deployment.Templates;

/// <summary>A piece of a template.</summary>
internal abstract record TemplateNode
{
    public sealed record Text(string Value) : TemplateNode;
    public sealed record Output(TemplateExpression Value) : TemplateNode;

    /// <summary><c>$name := value</c> makes a variable, <c>$name = value</c> changes one.</summary>
    public sealed record Assignment(string Name, bool IsNew, TemplateExpression Value) : TemplateNode;
    public sealed record If(TemplateExpression Condition, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else) : TemplateNode;

    /// <summary>As <see cref="If"/>, with the value as the dot.</summary>
    public sealed record With(TemplateExpression Value, IReadOnlyList<TemplateNode> Then, IReadOnlyList<TemplateNode> Else) : TemplateNode;

    /// <summary>Once for each element; it is the dot, and the variable where one is named.</summary>
    public sealed record Range(string? Variable, TemplateExpression Over, IReadOnlyList<TemplateNode> Body) : TemplateNode;
}
