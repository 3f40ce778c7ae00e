namespace KvCluster.Tests.Deployment.Templates;

/// <summary>The variables of a block; those of the blocks around it can be seen and changed, too.</summary>
internal sealed class TemplateScope(TemplateScope? outer)
{
    private readonly Dictionary<string, object?> _variables = [];

    public object? this[string name] => Holder(name)._variables[name];
    public void Make(string name, object? value) => _variables[name] = value;
    public void Change(string name, object? value) => Holder(name)._variables[name] = value;

    private TemplateScope Holder(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope._variables.ContainsKey(name))
                return scope;
        throw new TemplateException($"There is no variable ${name} here.");
    }

    private TemplateScope? Outer => outer;
}
