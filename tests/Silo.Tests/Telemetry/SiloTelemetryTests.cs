using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.Silo.Settings;
using TaskerCore.Orleans.Silo.Telemetry;

namespace TaskerCore.Orleans.Silo.Tests.Telemetry;

/// <summary>The page for Prometheus, without a silo behind it: a silo that waits for Postgres shows it too.</summary>
public sealed class SiloTelemetryTests : IAsyncDisposable
{
    private WebApplication? _app;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Fact]
    public async Task It_answers_when_there_is_nothing_to_tell_yet_and_says_who_it_is()
    {
        var page = await ScrapeAsync(10);

        Assert.Contains("service_name=\"taskercore-silo\"", page, StringComparison.Ordinal);
        Assert.Contains("service_instance_id=\"127.0.0.1:11111\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environments_name_for_the_service_wins() =>
        Assert.Contains("service_name=\"east\"", await ScrapeAsync(10, ("OTEL_SERVICE_NAME", "east")), StringComparison.Ordinal);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Orleans_own_meter_is_told_only_where_that_is_asked_for(bool asked)
    {
        using var meter = new Meter("Microsoft.Orleans");
        meter.CreateObservableGauge("orleans-of-this-test", () => 1);

        Assert.Equal(asked, (await ScrapeAsync(10, ("Metrics:Orleans", asked.ToString()))).Contains("orleans_of_this_test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_of_many_breakers_keeps_its_name()
    {
        const int breakers = 2500;
        using var meter = new Meter(CircuitBreakerTelemetry.Name);
        string[] outcomes = ["success", "failure", "ignored"];
        meter.CreateObservableCounter("taskercore.circuit_breaker.calls", () => Enumerable.Range(0, breakers).SelectMany(number =>
            outcomes.Select(outcome => new Measurement<long>(1, new("breaker", $"of-many-{number}"), new("outcome", outcome)))));

        var page = await ScrapeAsync(breakers);

        Assert.Equal(3 * breakers, page.Split('\n').Count(line => line.StartsWith("taskercore_circuit_breaker_calls_total{breaker=\"of-many-", StringComparison.Ordinal)));
        Assert.DoesNotContain("overflow", page, StringComparison.Ordinal);
        Assert.DoesNotContain("otel_scope", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breaker_that_has_left_this_silo_is_no_longer_on_its_page()
    {
        string[] breakers = ["stays", "leaves"];
        using var meter = new Meter(CircuitBreakerTelemetry.Name);
        meter.CreateObservableGauge(
            "taskercore.circuit_breaker.state", () => breakers.Select(breaker => new Measurement<double>(2, new KeyValuePair<string, object?>("breaker", breaker))));
        meter.CreateObservableCounter(
            "taskercore.circuit_breaker.probes", () => breakers.Select(breaker => new Measurement<long>(3, new KeyValuePair<string, object?>("breaker", breaker))));
        Assert.Equal(2, Shown(await ScrapeAsync(10), "leaves"));

        breakers = ["stays"];
        var page = await RepeatAsync();

        Assert.Equal((2, 0), (Shown(page, "stays"), Shown(page, "leaves")));

        static int Shown(string page, string breaker) => page.Split('\n').Count(line => line.Contains($"{{breaker=\"{breaker}\"}}", StringComparison.Ordinal));
    }

    private async Task<string> ScrapeAsync(int maxBreakers, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Services.AddTelemetry(builder.Configuration, new SiloSettings().Resolve(), maxBreakers);
        builder.Services.Configure<PrometheusAspNetCoreOptions>(prometheus => prometheus.ScrapeResponseCacheDurationMilliseconds = 0);
        var address = $"http://127.0.0.1:{FreePort.Several(1)[0]}";
        builder.WebHost.UseUrls(address);
        _app = builder.Build();
        _app.MapMetrics();
        await _app.StartAsync();
        return await RepeatAsync();
    }

    private async Task<string> RepeatAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(_app!.Urls.Single() + "/metrics"));
    }
}
