using System.Diagnostics.Metrics;
using System.Reflection;
using KvCluster.Client;
using KvCluster.Node.Diagnostics;
using Microsoft.Extensions.Logging;

namespace KvCluster.Tests.Diagnostics;

/// <summary>Whoever runs a cluster reads docs/OPERATIONS.md: it lists every instrument and every log event that there is, and none that is not.</summary>
public sealed class OperationsPageTests
{
    [Fact]
    public void ServerMetrics_AreThoseOfTheCode()
    {
        using var reader = new MeterReader();
        var meter = new NodeMeter(reader);
        _ = (new NodeMetrics(meter), new ClusterGauges(meter), new NodeGauges(meter, new FakeNodeSource()));
        AssertSame("Metrics of servers (meter KvCluster.Node)", reader);
    }

    [Fact]
    public void ClientMetrics_AreThoseOfTheCode()
    {
        using var reader = new MeterReader();
        using var client = new KvClusterClient(new KvClientOptions { Endpoints = { new Uri("http://127.0.0.1:9") } }, meters: reader);
        AssertSame("Metrics of clients (meter KvCluster.Client)", reader);
    }

    [Fact]
    public void ServerEvents_AreThoseOfTheCode() => AssertSame("Log events of servers", typeof(NodeMeter).Assembly);

    [Fact]
    public void ClientEvents_AreThoseOfTheCode() => AssertSame("Log events of clients", typeof(KvClusterClient).Assembly);

    [Fact]
    public void Spans_AreThoseOfTheCode()
    {
        var named = typeof(NodeActivities).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);
        var listed = OperationsPage.Table("Traces").Select(row => row[0]).Where(name => name.StartsWith("kvcluster.", StringComparison.Ordinal));
        Assert.Equal(named.Order(), listed.Order());
    }

    private static void AssertSame(string heading, MeterReader reader)
    {
        var inCode = reader.Instruments.Values.Select(instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}").Order();
        var onPage = OperationsPage.Table(heading.Replace("KvCluster.", "`KvCluster.", StringComparison.Ordinal).Replace(")", "`)", StringComparison.Ordinal));
        Assert.Equal(inCode, onPage.Select(row => $"{row[0]} {row[1]} {row[2]}").Order());
        Assert.All(onPage, row => Assert.Equal(5, row.Length));
    }

    private static void AssertSame(string heading, Assembly assembly)
    {
        const BindingFlags any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var events = assembly.GetTypes().SelectMany(type => type.GetMethods(any)).Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().ToArray();
        Assert.Distinct(events.Select(logged => logged.EventId));
        var onPage = OperationsPage.Table(heading);
        Assert.Equal(
            events.OrderBy(logged => logged.EventId).Select(logged => $"{logged.EventId} {logged.Level} {logged.Message}"),
            onPage.Select(row => $"{row[0]} {row[1]} {row[2]}"));
        Assert.All(onPage, row => Assert.NotEmpty(row[3]));
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        ObservableCounter<long> => "counter",
        ObservableGauge<long> or ObservableGauge<double> => "gauge",
        ObservableUpDownCounter<long> or ObservableUpDownCounter<int> => "updown",
        _ => instrument.GetType().Name,
    };
}
