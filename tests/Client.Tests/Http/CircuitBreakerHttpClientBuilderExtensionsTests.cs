using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.Client.Http;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Http;

/// <summary>Clients of the factory against a real server, their breakers without a cluster.</summary>
public sealed class CircuitBreakerHttpClientBuilderExtensionsTests
{
    [Fact]
    public async Task Failing_responses_trip_the_breaker_and_the_next_request_is_not_sent()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var worker = Worker(services => services.AddHttpClient("payments").AddClusterCircuitBreaker("payments"));
        var client = Client(worker, "payments", server);

        await client.GetAsync("/status/500");
        await client.GetAsync("/status/404");
        Assert.Equal(BreakerState.Closed, Breaker(worker, "payments").Snapshot.State);
        await client.GetAsync("/status/503");
        await client.GetAsync("/status/429");

        var rejected = await Assert.ThrowsAsync<CircuitOpenException>(() => client.GetAsync("/status/200"));
        Assert.Equal(("payments", BreakerState.Open), (rejected.Component, rejected.State));
        Assert.Throws<CircuitOpenException>(() => client.Send(new HttpRequestMessage(HttpMethod.Get, "/status/200")));
    }

    [Fact]
    public async Task Broken_and_refused_connections_are_failures()
    {
        var server = await LoopbackServer.StartAsync();
        await using var worker = Worker(services => services.AddHttpClient("payments").AddClusterCircuitBreaker("payments"));
        var client = Client(worker, "payments", server);
        await client.GetAsync("/status/200");

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/break"));
        Assert.Equal(BreakerState.Closed, Breaker(worker, "payments").Snapshot.State);
        await server.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/status/200"));

        Assert.Equal(BreakerState.Open, Breaker(worker, "payments").Snapshot.State);
    }

    [Fact]
    public async Task S11_a_hanging_server_is_a_failure_when_the_clients_timeout_ends_the_request_and_not_when_its_caller_does()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var worker = Worker(services => services.AddHttpClient<Payments>().AddClusterCircuitBreaker("payments"), failureThreshold: 1);
        var client = worker.GetRequiredService<Payments>().Http;
        client.BaseAddress = server.Address;
        await client.GetAsync("/status/200");
        using var caller = new CancellationTokenSource();
        var hanging = server.NextHang();
        var given = client.GetAsync("/hang", caller.Token);
        await hanging.WaitAsync(TimeSpan.FromSeconds(10));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(BreakerState.Closed, Breaker(worker, "payments").Snapshot.State);

        var timedOut = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync("/hang"));

        Assert.IsType<TimeoutException>(timedOut.InnerException);
        Assert.Equal(BreakerState.Open, Breaker(worker, "payments").Snapshot.State);
    }

    [Fact]
    public async Task Each_host_may_have_its_own_breaker_for_all_clients_at_once()
    {
        await using var bad = await LoopbackServer.StartAsync();
        await using var good = await LoopbackServer.StartAsync();
        await using var worker = Worker(
            services => services.ConfigureHttpClientDefaults(clients => clients.AddClusterCircuitBreaker(HttpComponent.OfHost)), failureThreshold: 1);
        var client = worker.GetRequiredService<IHttpClientFactory>().CreateClient("any");

        await client.GetAsync(new Uri(bad.Address, "/status/500"));

        await Assert.ThrowsAsync<CircuitOpenException>(() => client.GetAsync(new Uri(bad.Address, "/status/200")));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(good.Address, "/status/200"))).StatusCode);
        Assert.Equivalent(
            new[] { $"http/127.0.0.1:{bad.Address.Port}", $"http/127.0.0.1:{good.Address.Port}" },
            worker.GetRequiredService<ICircuitBreakerManager>().Breakers.Select(breaker => breaker.Component),
            strict: true);
    }

    [Fact]
    public async Task A_circuit_that_recovered_lets_requests_pass_again()
    {
        await using var server = await LoopbackServer.StartAsync();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var worker = Worker(
            services => services.AddSingleton<TimeProvider>(time).AddHttpClient("payments").AddClusterCircuitBreaker("payments", o => o.RejectWithResponse = true),
            failureThreshold: 1);
        var client = Client(worker, "payments", server);
        await client.GetAsync("/status/500");
        using var rejected = await client.GetAsync("/status/200");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(30)), (rejected.StatusCode, rejected.Headers.RetryAfter!.Delta));

        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(BreakerState.HalfOpen, Breaker(worker, "payments").Snapshot.State);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/status/200")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/status/200")).StatusCode);
        Assert.Equal(BreakerState.Closed, Breaker(worker, "payments").Snapshot.State);
    }

    [Fact]
    public async Task A_component_that_is_added_twice_to_a_client_guards_once_with_the_options_of_both()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var worker = Worker(services =>
        {
            services.ConfigureHttpClientDefaults(clients => clients.AddClusterCircuitBreaker(HttpComponent.OfHost).AddClusterCircuitBreaker(HttpComponent.OfHost));
            services.AddHttpClient("payments")
                .AddClusterCircuitBreaker("payments", o => o.RejectWithResponse = true)
                .AddClusterCircuitBreaker("payments", o => o.Classifier = HttpOutcomes.Classifier.OnResult<HttpResponseMessage>(
                    response => response.StatusCode == HttpStatusCode.NotFound ? OutcomeKind.Failure : OutcomeKind.Success))
                .AddClusterCircuitBreaker("other");
        });
        var client = Client(worker, "payments", server);
        await client.GetAsync("/status/404");
        Assert.Equal(BreakerState.Closed, Breaker(worker, "payments").Snapshot.State);
        await client.GetAsync("/status/404");

        using var rejected = await client.GetAsync("/status/200");

        Assert.True(HttpOutcomes.IsRejection(rejected));
        Assert.Equal("Circuit Open", rejected.ReasonPhrase);
        Assert.Equal(
            [$"http/127.0.0.1:{server.Address.Port}", "other", "payments"],
            worker.GetRequiredService<ICircuitBreakerManager>().Breakers.Select(breaker => breaker.Component));
        Assert.Equal((BreakerState.Open, BreakerState.Closed), (Breaker(worker, "payments").Snapshot.State, Breaker(worker, "other").Snapshot.State));
    }

    [Fact]
    public async Task Hanging_requests_that_can_never_count_are_warned_of_once_for_each_client()
    {
        await using var server = await LoopbackServer.StartAsync();
        using var log = new LogLines();
        await using var worker = Worker(services =>
        {
            services.AddLogging(logging => logging.AddProvider(log));
            services.AddHttpClient("unlimited", client => client.Timeout = Timeout.InfiniteTimeSpan).AddClusterCircuitBreaker("payments");
            services.AddHttpClient("limited", client => client.Timeout = Timeout.InfiniteTimeSpan)
                .AddClusterCircuitBreaker("payments", o => o.TimeoutAfter = TimeSpan.FromSeconds(1));
            services.AddHttpClient("accepted", client => client.Timeout = Timeout.InfiniteTimeSpan)
                .AddClusterCircuitBreaker("payments", o => o.TimeoutAfter = Timeout.InfiniteTimeSpan);
            services.AddHttpClient("default").AddClusterCircuitBreaker("payments");
        });
        foreach (var name in (string[])["unlimited", "limited", "accepted", "default", "unlimited"])
        {
            await Client(worker, name, server).GetAsync("/status/200");
            await Client(worker, name, server).GetAsync("/status/200");
        }

        Assert.Contains("The HttpClient 'unlimited' has no Timeout", Assert.Single(log.With("has no Timeout")), StringComparison.Ordinal);
        Assert.Contains("its breaker payments has no limit", log.With("has no Timeout")[0], StringComparison.Ordinal);
        Assert.Contains("TimeoutAfter", log.With("has no Timeout")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_is_said_where_it_is_set_up()
    {
        var builder = new ServiceCollection().AddHttpClient("payments");

        Assert.Contains("U+0020", Assert.Throws<ArgumentException>(() => builder.AddClusterCircuitBreaker("no spaces")).Message, StringComparison.Ordinal);
        using var wrong = new ServiceCollection()
            .AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"))
            .AddHttpClient("payments")
            .AddClusterCircuitBreaker("billing", o => o.TimeoutAfter = TimeSpan.Zero)
            .Services.BuildServiceProvider();
        Assert.Contains(
            "HttpCircuitBreakerOptions.TimeoutAfter of 'payments-billing' must be above zero",
            Assert.Throws<OptionsValidationException>(() => wrong.GetRequiredService<IHttpClientFactory>().CreateClient("payments")).Message,
            StringComparison.Ordinal);
        using var services = builder.AddClusterCircuitBreaker("payments").Services.BuildServiceProvider();
        var factory = services.GetRequiredService<IHttpClientFactory>();
        Assert.Contains(
            "AddClusterCircuitBreaker needs the worker's circuit breakers: add them to the same services with services.AddCircuitBreakers",
            Assert.Throws<InvalidOperationException>(() => factory.CreateClient("payments")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_are_named_for_the_client_and_the_component_and_can_be_bound()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("Payments:TimeoutAfter", "00:00:07"), KeyValuePair.Create<string, string?>("Payments:RejectWithResponse", "true")])
            .Build());
        services.AddHttpClient("payments").AddClusterCircuitBreaker("billing");
        services.AddOptions<HttpCircuitBreakerOptions>("payments-billing").BindConfiguration("Payments");
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<HttpCircuitBreakerOptions>>().Get("payments-billing");

        Assert.Equal((TimeSpan.FromSeconds(7), true), (options.TimeoutAfter, options.RejectWithResponse));
    }

    private static ServiceProvider Worker(Action<IServiceCollection> configure, int failureThreshold = 2)
    {
        var services = new ServiceCollection();
        configure(services);
        return services
            .AddCircuitBreakers(options =>
            {
                options.Gateways.Add("127.0.0.1:1");
                options.LocalConfiguration = new CircuitBreakerConfiguration
                {
                    Default = new BreakerSettings { FailureThreshold = failureThreshold },
                    Global = new GlobalSettings { MinStateTransitionInterval = TimeSpan.Zero },
                };
            })
            .BuildServiceProvider();
    }

    private static HttpClient Client(ServiceProvider worker, string name, LoopbackServer server)
    {
        var client = worker.GetRequiredService<IHttpClientFactory>().CreateClient(name);
        client.BaseAddress = server.Address;
        return client;
    }

    private static ICircuitBreaker Breaker(ServiceProvider worker, string component) => worker.GetRequiredService<ICircuitBreakerManager>().Get(component);

    private sealed class Payments
    {
        public Payments(HttpClient http)
        {
            Http = http;
            Http.Timeout = TimeSpan.FromSeconds(2);
        }

        public HttpClient Http { get; }
    }
}
