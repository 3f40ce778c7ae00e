// The namespace in which an AppHost finds the real one.
namespace Aspire.Hosting;

/// <summary>Stands where the library was built without Aspire, so that the compiler tells an AppHost that needs it what to do.</summary>
public static class KvClusterBuilderExtensions
{
    private const string Advice = "KvCluster.Hosting was built without Aspire. Build the AppHost with -p:UseAspire=true (docs/ASPIRE.md).";

    /// <summary>Needs Aspire.</summary>
    /// <param name="builder">The AppHost's builder.</param>
    /// <param name="name">Name of the cluster.</param>
    [Obsolete(Advice, error: true)]
    public static void AddKvCluster(this object builder, string name) => throw new NotSupportedException(Advice);

    /// <inheritdoc cref="AddKvCluster(object, string)"/>
    /// <typeparam name="TServer">The project of the server.</typeparam>
    [Obsolete(Advice, error: true)]
    public static void AddKvCluster<TServer>(this object builder, string name) => throw new NotSupportedException(Advice);
}
