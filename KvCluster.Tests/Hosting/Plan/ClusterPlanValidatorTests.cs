using KvCluster.Hosting.Plan;
using Xunit;

namespace KvCluster.Tests.Hosting.Plan;

public sealed class ClusterPlanValidatorTests
{
    [Fact]
    public void Validate_Defaults_FindsNothing() => Assert.Empty(ClusterPlanValidator.Validate(new ClusterPlanOptions()));

    [Fact]
    public void Validate_SeveralMistakes_ReportsAllOfThem()
    {
        var mistakes = ClusterPlanValidator.Validate(new ClusterPlanOptions
        {
            Slaves = -1,
            BasePort = 80,
            DataDirectory = "data",
            Ephemeral = true,
            StateFile = Path.Combine(Path.GetTempPath(), "absent-" + Guid.NewGuid(), "state.json"),
        });

        Assert.Collection(
            mistakes,
            mistake => Assert.Equal("--slaves must be from 0 to 64, not -1.", mistake),
            mistake => Assert.StartsWith("--base-port must be from 1024", mistake, StringComparison.Ordinal),
            mistake => Assert.StartsWith("--data and --ephemeral exclude each other", mistake, StringComparison.Ordinal),
            mistake => Assert.EndsWith("lies in a folder that does not exist.", mistake, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(65483, true)]
    [InlineData(65484, false)]
    [InlineData(1024, true)]
    [InlineData(1023, false)]
    public void Validate_BasePort_LeavesRoomForThePortsOfAllServers(int basePort, bool valid) =>
        Assert.Equal(valid, ClusterPlanValidator.Validate(new ClusterPlanOptions { BasePort = basePort }).IsEmpty);

    [Fact]
    public void Validate_DataIsAFile_SaysSo()
    {
        var file = Path.GetTempFileName();
        try
        {
            var mistake = Assert.Single(ClusterPlanValidator.Validate(new ClusterPlanOptions { DataDirectory = file }));
            Assert.EndsWith("is a file; it must be a folder.", mistake, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Validate_EmptyNames_AreMistakes(string name)
    {
        Assert.Single(ClusterPlanValidator.Validate(new ClusterPlanOptions { DataDirectory = name }));
        Assert.Single(ClusterPlanValidator.Validate(new ClusterPlanOptions { StateFile = name }));
    }

    [Fact]
    public void Validate_StateFileIsAFolder_SaysSo()
    {
        var mistake = Assert.Single(ClusterPlanValidator.Validate(new ClusterPlanOptions { StateFile = Path.GetTempPath() }));
        Assert.EndsWith("is a folder; it must be a file.", mistake, StringComparison.Ordinal);
    }
}
