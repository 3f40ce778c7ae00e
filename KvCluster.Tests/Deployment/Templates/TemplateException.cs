namespace KvCluster.Tests.Deployment.Templates;

/// <summary>A template that cannot be read or rendered; also what a chart says of values that it does not take.</summary>
public sealed class TemplateException(string message) : Exception(message);
