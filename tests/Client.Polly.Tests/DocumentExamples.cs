using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Registry;
using Polly.Retry;
using TaskerCore.Orleans.Client.Http;

namespace TaskerCore.Orleans.Client.Polly.Tests;

/// <summary>What docs/polly.md shows, run.</summary>
public sealed class DocumentExamples
{
    private static readonly List<int> Sent = [];

    [Fact]
    public async Task A_pipeline_from_services()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(o => o.Gateways.Add("silo-1:30000"));
        services.AddResiliencePipeline("orders", static (builder, context) => builder
            .AddTimeout(TimeSpan.FromMinutes(1))
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, DelayGenerator = CircuitOpenDelay.RetryAfter })
            .AddClusterCircuitBreaker("pgmq", context.ServiceProvider)
            .AddTimeout(TimeSpan.FromSeconds(5)));
        await using var provider = services.BuildServiceProvider();
        var (pipelines, order, cancellationToken) = (provider.GetRequiredService<ResiliencePipelineProvider<string>>(), 42, CancellationToken.None);

        var pipeline = pipelines.GetPipeline("orders");
        await pipeline.ExecuteAsync(async token => await SendAsync(order, token), cancellationToken);

        Assert.Contains(42, Sent);
    }

    [Fact]
    public async Task A_typed_pipeline_that_says_what_a_failure_is()
    {
        using var worker = new LocalWorker();
        var breakers = worker.Breakers;

        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddClusterCircuitBreaker(breakers.Get("payments"), new ClusterCircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                    .Handle<HttpRequestException>()
                    .HandleResult(response => (int)response.StatusCode >= 500),
            })
            .Build();

        await pipeline.ExecuteAsync(_ => ValueTask.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway)));
        await Assert.ThrowsAsync<HttpRequestException>(async () => await pipeline.ExecuteAsync<HttpResponseMessage>(_ => throw new HttpRequestException()));
        Assert.Equal(BreakerState.Open, breakers.Get("payments").Snapshot.State);
    }

    [Fact]
    public async Task A_typed_pipeline_with_the_judgement_of_http()
    {
        using var worker = new LocalWorker();
        var breakers = worker.Breakers;

        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddClusterCircuitBreaker(breakers.Get("payments").WithClassifier(HttpOutcomes.Classifier))
            .Build();

        await pipeline.ExecuteAsync(_ => ValueTask.FromResult(new HttpResponseMessage(HttpStatusCode.TooManyRequests)));
        await pipeline.ExecuteAsync(_ => ValueTask.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway)));
        Assert.Equal(BreakerState.Open, breakers.Get("payments").Snapshot.State);
    }

    [Fact]
    public async Task A_rejection_without_an_exception_thrown()
    {
        using var worker = new LocalWorker();
        worker.Trip();
        var pipeline = new ResiliencePipelineBuilder().AddClusterCircuitBreaker(worker.Breaker).Build();
        var (context, order) = (ResilienceContextPool.Shared.Get(), 43);
        (int Order, TimeSpan? Wait) later = default;

        var outcome = await pipeline.ExecuteOutcomeAsync(TrySendAsync, context, order);
        if (outcome.Exception is CircuitOpenException { RetryAfter: var wait })
        {
            Later(order, wait);
        }

        Assert.Equal((43, TimeSpan.FromSeconds(30)), later);
        Assert.DoesNotContain(43, Sent);
        ResilienceContextPool.Shared.Return(context);

        static async ValueTask<Outcome<int>> TrySendAsync(ResilienceContext context, int order) =>
            Outcome.FromResult(await SendAsync(order, context.CancellationToken));

        void Later(int rejected, TimeSpan? wait) => later = (rejected, wait);
    }

    [Fact]
    public async Task Clients_of_the_factory()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(o => o.Gateways.Add("silo-1:30000"));
        services.AddHttpClient("payments", client => client.Timeout = TimeSpan.FromSeconds(10)).AddClusterCircuitBreaker("payments");
        services.AddHttpClient("partners").AddClusterCircuitBreaker(HttpComponent.OfHost);
        services.AddHttpClient("quotes").AddClusterCircuitBreaker("quotes", o =>
        {
            o.TimeoutAfter = TimeSpan.FromSeconds(2);
            o.RejectWithResponse = true;
        });
        services.ConfigureHttpClientDefaults(clients => clients.ConfigurePrimaryHttpMessageHandler(() => new Down()));
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();

        foreach (var name in (string[])["payments", "partners", "quotes"])
        {
            for (var call = 0; call < 5; call++)
            {
                Assert.Equal(HttpStatusCode.BadGateway, (await factory.CreateClient(name).GetAsync("https://payments/")).StatusCode);
            }
        }

        Assert.Equal(
            ["http/payments", "payments", "quotes"],
            provider.GetRequiredService<ICircuitBreakerManager>().Breakers.Where(breaker => !breaker.Snapshot.Admits).Select(breaker => breaker.Component));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await factory.CreateClient("quotes").GetAsync("https://payments/")).StatusCode);
        await Assert.ThrowsAsync<CircuitOpenException>(() => factory.CreateClient("payments").GetAsync("https://payments/"));
    }

    [Fact]
    public async Task Retries_around_a_client()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(o => o.Gateways.Add("silo-1:30000"));
        services.AddHttpClient("payments").AddClusterCircuitBreaker("payments").ConfigurePrimaryHttpMessageHandler(() => new Down());
        await using var provider = services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("payments");
        var cancellationToken = CancellationToken.None;

        var retry = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage> { MaxRetryAttempts = 3, DelayGenerator = CircuitOpenDelay.RetryAfter })
            .Build();
        using var response = await retry.ExecuteAsync(async token => await http.GetAsync("https://payments/", token), cancellationToken);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task Under_the_standard_resilience_handler()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(o => o.Gateways.Add("silo-1:30000"));
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddHttpClient("stock").AddClusterCircuitBreaker("stock", o => o.TimeoutAfter = TimeSpan.FromSeconds(9));
        services.ConfigureAll<HttpStandardResilienceOptions>(options => options.Retry.Delay = TimeSpan.FromMilliseconds(1));

        await AssertTripsAsync(services, "stock");
    }

    [Fact]
    public async Task Under_the_standard_hedging_handler()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(o => o.Gateways.Add("silo-1:30000"));
        var search = services.AddHttpClient("search");
        search.AddStandardHedgingHandler();
        search.AddClusterCircuitBreaker("search", o => o.TimeoutAfter = TimeSpan.FromSeconds(9));
        services.ConfigureAll<HttpStandardHedgingResilienceOptions>(options => options.Hedging.Delay = TimeSpan.FromMilliseconds(1));

        await AssertTripsAsync(services, "search");
    }

    /// <summary>Each attempt of a request counts, and a rejection is not tried again.</summary>
    private static async Task AssertTripsAsync(ServiceCollection services, string name)
    {
        services.ConfigureHttpClientDefaults(clients => clients.ConfigurePrimaryHttpMessageHandler(() => new Down()));
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var breaker = provider.GetRequiredService<ICircuitBreakerManager>().Get(name);
        for (var request = 0; request < 5 && breaker.Snapshot.Admits; request++)
        {
            try
            {
                (await factory.CreateClient(name).GetAsync("https://payments/")).Dispose();
            }
            catch (CircuitOpenException) when (!breaker.Snapshot.Admits)
            {
                // An attempt of this very request opened it.
            }
        }

        Assert.Equal(BreakerState.Open, breaker.Snapshot.State);
        await Assert.ThrowsAsync<CircuitOpenException>(() => factory.CreateClient(name).GetAsync("https://payments/"));
    }

    [Fact]
    public async Task Retries_that_leave_rejected_requests_alone()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(o => o.Gateways.Add("silo-1:30000"));
        var legacy = services.AddHttpClient("legacy");
        legacy.AddResilienceHandler("retry", pipeline => pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(
                HttpClientResiliencePredicates.IsTransient(arguments.Outcome) && !HttpOutcomes.IsRejection(arguments.Outcome.Result)),
        }));
        legacy.AddClusterCircuitBreaker("legacy", o => o.RejectWithResponse = true);
        legacy.ConfigurePrimaryHttpMessageHandler(() => new Down());
        await using var provider = services.BuildServiceProvider();
        var breaker = provider.GetRequiredService<ICircuitBreakerManager>().Get("legacy");
        for (var failure = 0; failure < 5; failure++)
        {
            Assert.Throws<IOException>(() => breaker.Execute(() => throw new IOException()));
        }

        // With Retry-After: 30 obeyed, this would take longer than the test may.
        using var rejected = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("legacy").GetAsync("https://payments/").WaitAsync(TimeSpan.FromSeconds(20));

        Assert.True(HttpOutcomes.IsRejection(rejected));
        Assert.InRange(rejected.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
    }

    private static ValueTask<int> SendAsync(int order, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Sent.Add(order);
        return ValueTask.FromResult(order);
    }

    private sealed class Down : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway));
    }
}
