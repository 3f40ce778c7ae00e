using System.Diagnostics;
using System.Diagnostics.Metrics;
using KvCluster.ServiceDefaults;
using KvCluster.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace KvCluster.Tests.ServiceDefaults;

public sealed class TelemetryDefaultsTests
{
    [Fact]
    public void AddServiceDefaults_NoCollector_BuildsNoTelemetry()
    {
        using var host = Build(collector: null);

        Assert.Null(host.Services.GetService<MeterProvider>());
        Assert.Null(host.Services.GetService<TracerProvider>());
    }

    [Fact]
    public void AddServiceDefaults_NoCollector_LeavesTheRequestLogOff()
    {
        using var host = Build(collector: null);

        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics");
        Assert.False(log.IsEnabled(LogLevel.Critical));
    }

    [Fact]
    public void AddServiceDefaults_Collector_ListensToOwnMetersAndSources()
    {
        using var host = Build("http://127.0.0.1:9");
        _ = host.Services.GetRequiredService<MeterProvider>();
        _ = host.Services.GetRequiredService<TracerProvider>();
        using var meter = new Meter("KvCluster.TelemetryDefaultsTests");
        using var source = new ActivitySource("KvCluster.TelemetryDefaultsTests");

        Assert.True(meter.CreateCounter<long>("probe").Enabled);
        Assert.True(source.HasListeners());
    }

    [Theory]
    [InlineData("/health", false)]
    [InlineData("/alive", false)]
    [InlineData("/kv/health", true)]
    public void IsWorthATrace_LeavesOutTheProbes(string path, bool expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;

        Assert.Equal(expected, TelemetryDefaults.IsWorthATrace(context));
    }

    private static IHost Build(string? collector)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new(TelemetryDefaults.CollectorVariable, collector)]);
        builder.AddServiceDefaults();
        return builder.Build();
    }
}
