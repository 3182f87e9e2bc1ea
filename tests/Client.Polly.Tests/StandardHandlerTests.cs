using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Logging;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>A server that hangs, under the standard resilience handler: its attempt timeout is outside of the breaker, and it takes the client's
/// own timeout away.</summary>
public sealed class StandardHandlerTests
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_hanging_server_trips_the_breaker_with_a_limit_below_the_attempts_timeout()
    {
        using var log = new LogLines();
        await using var worker = Worker(log, client => client.AddClusterCircuitBreaker("hung", o => o.TimeoutAfter = AttemptTimeout / 2));

        Assert.Equal(BreakerState.Open, await StateAfterAsync(worker, requests: 5));
        Assert.Empty(log.With("has no Timeout"));
    }

    [Fact]
    public async Task Without_a_limit_it_cannot_and_the_worker_says_so_once()
    {
        using var log = new LogLines();
        await using var worker = Worker(log, client => client.AddClusterCircuitBreaker("hung"));

        Assert.Equal(BreakerState.Closed, await StateAfterAsync(worker, requests: 3));
        Assert.Contains("The HttpClient 'hung' has no Timeout (AddStandardResilienceHandler takes it away)", Assert.Single(log.With("has no Timeout")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_handler_inside_of_the_breaker_its_timeouts_count_and_nothing_is_warned_of()
    {
        using var log = new LogLines();
        await using var worker = Worker(
            log,
            client => client.AddClusterCircuitBreaker("hung").AddStandardResilienceHandler(),
            byDefault: false);

        Assert.Equal(BreakerState.Open, await StateAfterAsync(worker, requests: 5));
        Assert.Empty(log.With("has no Timeout"));
    }

    private static ServiceProvider Worker(LogLines log, Action<IHttpClientBuilder> configure, bool byDefault = true)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log));
        services.AddCircuitBreakers(o => o.Gateways.Add("127.0.0.1:1"));
        if (byDefault)
        {
            services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        }

        services.ConfigureAll<HttpStandardResilienceOptions>(options =>
        {
            options.AttemptTimeout.Timeout = AttemptTimeout;
            options.Retry.Delay = TimeSpan.FromMilliseconds(1);
        });
        configure(services.AddHttpClient("hung").ConfigurePrimaryHttpMessageHandler(() => new Hangs()));
        return services.BuildServiceProvider();
    }

    private static async Task<BreakerState> StateAfterAsync(ServiceProvider worker, int requests)
    {
        var breaker = worker.GetRequiredService<ICircuitBreakerManager>().Get("hung");
        for (var request = 0; request < requests && breaker.Snapshot.Admits; request++)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => worker.GetRequiredService<IHttpClientFactory>().CreateClient("hung").GetAsync("https://hung/"));
        }

        return breaker.Snapshot.State;
    }

    private sealed class Hangs : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK);
        }
    }
}
