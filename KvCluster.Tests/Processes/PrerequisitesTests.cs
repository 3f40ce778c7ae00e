using Xunit.Sdk;

namespace KvCluster.Tests.Processes;

public sealed class PrerequisitesTests
{
    [Fact]
    public void Missing_IsASkipWithTheReason()
    {
        var skip = Record.Exception(() => Prerequisites.Missing("Needs a crystal ball.", isRequired: false));
        Assert.EndsWith("Needs a crystal ball.", Assert.IsType<SkipException>(skip).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_WhereToolsAreRequired_IsAFailure()
    {
        var failure = Record.Exception(() => Prerequisites.Missing("Needs a crystal ball.", isRequired: true));
        Assert.Contains("Needs a crystal ball.", Assert.IsType<FailException>(failure).Message, StringComparison.Ordinal);
    }
}
