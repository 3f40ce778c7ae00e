using KvCluster.AppHost.Page;

namespace KvCluster.Tests.AppHost.Page;

public sealed class OperationCountsTests
{
    private static readonly string[] Lines =
    [
        "# TYPE kvcluster_operation_duration_seconds histogram",
        Bucket("get", "ok", "0.001", 90),
        Bucket("get", "ok", "0.0025", 100),
        Bucket("get", "ok", "+Inf", 100),
        Bucket("put", "ok", "0.001", 0),
        Bucket("put", "ok", "0.0025", 30),
        Bucket("put", "ok", "+Inf", 40),
        Bucket("put", "refused", "0.001", 10),
        Bucket("put", "refused", "0.0025", 10),
        Bucket("put", "refused", "+Inf", 10),
        "kvcluster_operation_duration_seconds_sum{kvcluster_operation_name=\"get\"} 12.5 1700000000000",
        "process_cpu_seconds_total 3",
    ];

    [Fact]
    public void Parse_AddsUpTheOutcomesOfReadsAndWrites()
    {
        var counts = OperationCounts.Parse(Lines);

        Assert.Equal((100, 50), (counts.Reads, counts.Writes));
    }

    [Fact]
    public void Quantile_LiesWithinItsBucketByProportion()
    {
        var counts = OperationCounts.Parse(Lines);

        Assert.Equal(0.5, counts.ReadQuantile(0.45)!.Value, 6);
        Assert.Equal(1.75, counts.ReadQuantile(0.95)!.Value, 6);
        Assert.Equal(2.5, counts.WriteQuantile(0.99)!.Value, 6);
    }

    [Fact]
    public void Quantile_WithoutAnOperation_IsUnknown() => Assert.Null(OperationCounts.Parse([]).ReadQuantile(0.5));

    [Fact]
    public void Since_CountsWhatCameBetween()
    {
        var before = OperationCounts.Parse([Bucket("get", "ok", "0.001", 80), Bucket("get", "ok", "0.0025", 90), Bucket("get", "ok", "+Inf", 90)]);

        var between = OperationCounts.Parse(Lines).Since(before);

        Assert.Equal((10, 50), (between.Reads, between.Writes));
    }

    [Fact]
    public void Since_ServerThatBeganAnew_CountsFromZero()
    {
        var before = OperationCounts.Parse([Bucket("get", "ok", "+Inf", 5_000)]);

        Assert.Equal(100, OperationCounts.Parse(Lines).Since(before).Reads);
    }

    [Fact]
    public void Since_FirstLook_SaysNothing() => Assert.Equal(0, OperationCounts.Parse(Lines).Since(null).Reads);

    [Fact]
    public void Sum_OfTwoServers_HasBoth() => Assert.Equal(200, OperationCounts.Sum([OperationCounts.Parse(Lines), OperationCounts.Parse(Lines)]).Reads);

    private static string Bucket(string operation, string outcome, string le, int count) =>
        $"kvcluster_operation_duration_seconds_bucket{{otel_scope_name=\"KvCluster.Node\",kvcluster_operation_name=\"{operation}\",kvcluster_operation_outcome=\"{outcome}\",le=\"{le}\"}} {count} 1700000000000";
}
