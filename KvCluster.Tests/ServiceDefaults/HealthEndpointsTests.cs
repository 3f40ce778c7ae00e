using System.Net;
using KvCluster.ServiceDefaults;
using KvCluster.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace KvCluster.Tests.ServiceDefaults;

public sealed class HealthEndpointsTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    public async Task Health_RunsEveryCheck_AnswersThePlainStatus(HealthStatus status, HttpStatusCode expected)
    {
        await using var app = await StartAsync(checks => checks.AddCheck("storage", () => new HealthCheckResult(status)));

        using var response = await GetAsync(app, "/health");

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status.ToString(), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Alive_OnlyALiveCheckDecides()
    {
        await using var sick = await StartAsync(checks => checks.AddCheck("quorum", () => HealthCheckResult.Unhealthy()));
        await using var dead = await StartAsync(
            checks => checks.AddCheck("loop", () => HealthCheckResult.Unhealthy(), [HealthEndpoints.LiveTag]));

        using var sickAnswer = await GetAsync(sick, "/alive");
        using var deadAnswer = await GetAsync(dead, "/alive");

        Assert.Equal(HttpStatusCode.OK, sickAnswer.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, deadAnswer.StatusCode);
    }

    private static async Task<WebApplication> StartAsync(Action<IHealthChecksBuilder> add)
    {
        // Production, since Aspire's template maps these endpoints in development only.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        add(builder.Services.AddHealthChecks());
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<HttpResponseMessage> GetAsync(WebApplication app, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        return await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
