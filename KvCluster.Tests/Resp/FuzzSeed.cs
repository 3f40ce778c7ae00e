using System.Globalization;

namespace KvCluster.Tests.Resp;

/// <summary>Each run of the tests draws other inputs; a failure prints the seed, and <c>KVCLUSTER_FUZZ_SEED</c> brings it back.</summary>
internal static class FuzzSeed
{
    public static int Choose() => int.TryParse(Environment.GetEnvironmentVariable("KVCLUSTER_FUZZ_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
}
