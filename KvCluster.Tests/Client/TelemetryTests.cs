using System.Diagnostics;
using System.Diagnostics.Metrics;
using KvCluster.Client;
using KvCluster.Tests.Client.Fake;
using KvCluster.Tests.Diagnostics;

namespace KvCluster.Tests.Client;

public sealed class TelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Meter_BeforeAnythingHappened_EveryInstrumentSaysZeroButTheDuration()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var meters = new OneMeterFactory();
        using var client = new KvClusterClient(new KvClientOptions { Endpoints = { cluster.Server(1).Address } }, meters: meters);
        var before = Collect(meters);
        Assert.Equal(0, before["kvcluster.client.redirects"]);
        Assert.Equal(0, before["kvcluster.client.retries"]);
        Assert.Equal(0, before["kvcluster.client.topology.refreshes"]);
        Assert.Equal(0, before["kvcluster.client.servers.inactive"]);
        Assert.Equal(0, before["kvcluster.client.health_check.failures"]);
        Assert.Equal(0, before["kvcluster.client.operations"]);
        var listed = OperationsPage.Table("Instruments that are silent at first").Single(row => row[0] == "db.client.operation.duration");
        Assert.Equal("kvcluster.client.operations", listed[2]);
        Assert.Equal(["db.client.operation.duration"], Published(meters).Except(before.Keys));

        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        var changed = client.Topology.Changed;
        cluster.Promote(cluster.Nodes[0]);
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        await changed.WaitAsync(Cancellation);
        await cluster.Server(2).KillAsync();
        await client.GetAsync("k", cancellationToken: Cancellation);
        var after = Collect(meters);
        Assert.Equal(3, after["kvcluster.client.operations"]);
        Assert.Equal(1, after["kvcluster.client.redirects"]);
        Assert.InRange(after["kvcluster.client.topology.refreshes"], 2, 4);
        Assert.Equal(1, after["kvcluster.client.servers.inactive"]);
    }

    [Fact]
    public async Task Source_EveryCall_IsOneSpan()
    {
        var spans = new List<Activity>();
        using var parent = new Activity("test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "KvCluster.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId != parent.TraceId) return;
                lock (spans) spans.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(2));
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        await client.GetAsync("k", cancellationToken: Cancellation);
        await cluster.Server(1).KillAsync();
        await Assert.ThrowsAsync<KvUnavailableException>(async () => await client.PutAsync("k", "v", cancellationToken: Cancellation));
        Assert.Equal(["put", "get", "put"], spans.Select(span => span.OperationName));
        Assert.All(spans, span => Assert.Equal("kvcluster", span.GetTagItem("db.system.name")));
        Assert.Equal(ActivityStatusCode.Error, spans[2].Status);
        Assert.NotNull(spans[2].GetTagItem("error.type"));
    }

    private static List<string> Published(OneMeterFactory meters)
    {
        var names = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (ReferenceEquals(instrument.Meter, meters.Meter)) names.Add(instrument.Name);
        };
        listener.Start();
        return names;
    }

    private static Dictionary<string, long> Collect(OneMeterFactory meters)
    {
        var values = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meters.Meter)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => values[instrument.Name] = values.GetValueOrDefault(instrument.Name) + value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => values[instrument.Name] = values.GetValueOrDefault(instrument.Name) + value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    private sealed class OneMeterFactory : IMeterFactory
    {
        public Meter? Meter { get; private set; }

        public Meter Create(MeterOptions options) => Meter = new Meter(options);

        public void Dispose() => Meter?.Dispose();
    }
}
