namespace KvCluster.Tests.Processes;

/// <summary>Tests with real processes run one after the other and not beside other tests: servers that share two cores with everything else would miss their beacons.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessRoom : ICollectionFixture<SharedCluster>
{
    public const string Name = "Processes";
}
