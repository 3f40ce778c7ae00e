using Xunit.Sdk;

namespace KvCluster.Tests.Processes;

public sealed class PrerequisitesTests
{
    [Fact]
    public void Missing_IsASkipWithTheReason()
    {
        // Record.Exception lets a skip through: this test would be skipped itself.
        string? reason = null;
        try
        {
            Prerequisites.Missing("Needs a crystal ball.", isRequired: false);
        }
        catch (SkipException skip)
        {
            reason = skip.Message;
        }

        Assert.EndsWith("Needs a crystal ball.", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_WhereToolsAreRequired_IsAFailure()
    {
        var failure = Record.Exception(() => Prerequisites.Missing("Needs a crystal ball.", isRequired: true));
        Assert.Contains("Needs a crystal ball.", Assert.IsType<FailException>(failure).Message, StringComparison.Ordinal);
    }
}
