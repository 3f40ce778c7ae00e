namespace KvCluster.Tests.Processes;

/// <summary>
/// What a test needs of the machine beyond the SDK. Where it is missing the test is skipped and says what is missing; where
/// <see cref="Variable"/> is 1, as in the pipeline that installs everything, it fails instead: a skip there would be a hole nobody sees.
/// </summary>
internal static class Prerequisites
{
    public const string Variable = "KVCLUSTER_REQUIRE_TOOLS";

    public static void RequireRoot()
    {
        if (!OperatingSystem.IsLinux()) Missing("Needs Linux.");
        if (!Environment.IsPrivilegedProcess) Missing("Needs root.");
    }

    public static void RequireTool(string name)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, name)))) Missing($"Needs {name}.");
    }

    /// <summary>Ends the test: skipped with the reason, or failed where everything must be there.</summary>
    public static void Missing(string reason) => Missing(reason, Environment.GetEnvironmentVariable(Variable) == "1");

    public static void Missing(string reason, bool isRequired)
    {
        if (isRequired) Assert.Fail($"{reason} {Variable} is 1, so that this is no reason to skip the test.");
        Assert.Skip(reason);
    }
}
