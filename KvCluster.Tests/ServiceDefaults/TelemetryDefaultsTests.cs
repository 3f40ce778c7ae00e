using System.Diagnostics;
using System.Diagnostics.Metrics;
using KvCluster.ServiceDefaults;
using KvCluster.ServiceDefaults.Telemetry;
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

    [Fact]
    public void AddServiceDefaults_PrometheusOnly_BuildsMetricsAndNothingElse()
    {
        using var host = Build(collector: null, prometheus: "true");

        Assert.NotNull(host.Services.GetService<MeterProvider>());
        Assert.Null(host.Services.GetService<TracerProvider>());
    }

    [Fact]
    public void Sampler_KeepsWhatItBeginsAndWhatWasChosen_AndFewRequestsToOthers()
    {
        var sampler = new InitiativeSampler();
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(SamplingDecision.RecordAndSample, Sample(sampler, ActivityKind.Internal)));
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(SamplingDecision.RecordAndSample, Sample(sampler, ActivityKind.Server)));
        var kept = Enumerable.Range(0, 200_000).Count(_ => Sample(sampler, ActivityKind.Client) == SamplingDecision.RecordAndSample);
        Assert.InRange(kept, 50, 500);
    }

    private static SamplingDecision Sample(InitiativeSampler sampler, ActivityKind kind) =>
        sampler.ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), "any", kind)).Decision;

    private static IHost Build(string? collector, string? prometheus = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection([new(TelemetryDefaults.CollectorVariable, collector), new(TelemetryDefaults.PrometheusKey, prometheus)]);
        builder.AddServiceDefaults();
        return builder.Build();
    }
}
