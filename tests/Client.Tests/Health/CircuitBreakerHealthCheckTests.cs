using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Health;

/// <summary>What a worker's breakers mean for its health.</summary>
public sealed class CircuitBreakerHealthCheckTests
{
    [Theory]
    [InlineData(BreakerState.Closed, HealthStatus.Healthy)]
    [InlineData(BreakerState.HalfOpen, HealthStatus.Degraded)]
    [InlineData(BreakerState.Open, HealthStatus.Unhealthy)]
    [InlineData(BreakerState.ForcedOpen, HealthStatus.Unhealthy)]
    [InlineData(BreakerState.ForcedClosed, HealthStatus.Healthy)]
    public async Task A_state_has_its_status_by_default(BreakerState state, HealthStatus expected) =>
        Assert.Equal(expected, (await CheckAsync([Breaker("pgmq", state)])).Status);

    [Theory]
    [InlineData(BreakerMode.Connected, HealthStatus.Healthy)]
    [InlineData(BreakerMode.Starting, HealthStatus.Degraded)]
    [InlineData(BreakerMode.Local, HealthStatus.Degraded)]
    [InlineData(BreakerMode.Refused, HealthStatus.Unhealthy)]
    public async Task C8_who_decides_has_its_status_by_default(BreakerMode mode, HealthStatus expected) =>
        Assert.Equal(expected, (await CheckAsync([Breaker("pgmq", BreakerState.Closed, mode)])).Status);

    [Theory]
    [InlineData(BreakerState.Open, BreakerMode.Connected)]
    [InlineData(BreakerState.ForcedOpen, BreakerMode.Connected)]
    [InlineData(BreakerState.HalfOpen, BreakerMode.Connected)]
    [InlineData(BreakerState.ForcedClosed, BreakerMode.Connected)]
    [InlineData(BreakerState.Closed, BreakerMode.Starting)]
    [InlineData(BreakerState.Closed, BreakerMode.Local)]
    [InlineData(BreakerState.Closed, BreakerMode.Refused)]
    public async Task Each_status_is_an_option(BreakerState state, BreakerMode mode)
    {
        foreach (var wanted in Enum.GetValues<HealthStatus>())
        {
            var report = await CheckAsync([Breaker("pgmq", state, mode)], options =>
            {
                // All the others would be seen if they counted here.
                var other = wanted == HealthStatus.Healthy ? HealthStatus.Unhealthy : HealthStatus.Healthy;
                (options.Open, options.ForcedOpen, options.HalfOpen, options.ForcedClosed) = (
                    Of(BreakerState.Open), Of(BreakerState.ForcedOpen), Of(BreakerState.HalfOpen), Of(BreakerState.ForcedClosed));
                (options.Starting, options.Local, options.Refused) = (OfMode(BreakerMode.Starting), OfMode(BreakerMode.Local), OfMode(BreakerMode.Refused));
                HealthStatus Of(BreakerState which) => which == state ? wanted : other;
                HealthStatus OfMode(BreakerMode which) => which == mode ? wanted : other;
            });

            Assert.Equal(wanted, report.Status);
        }
    }

    [Fact]
    public async Task The_worst_breaker_decides_and_the_text_names_those_that_are_not_well()
    {
        var report = await CheckAsync(
            [Breaker("billing", BreakerState.HalfOpen), Breaker("cache", BreakerState.Closed), Breaker("pgmq", BreakerState.Open, remaining: 12.25)]);

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal("billing is half_open, connected; pgmq is open, connected, for 12.3 s more.", report.Description);
        Assert.Equal(new BreakerHealth("open", "connected", 12.25), report.Data["pgmq"]);
        Assert.Equal(new BreakerHealth("closed", "connected", null), report.Data["cache"]);
        Assert.Equal(["billing", "cache", "pgmq"], report.Data.Keys);
    }

    [Fact]
    public async Task The_text_names_ten_and_counts_the_rest()
    {
        var report = await CheckAsync([.. Enumerable.Range(0, 25).Select(number => Breaker($"c{number:00}", BreakerState.Open))]);

        Assert.EndsWith("c09 is open, connected; and 15 more of 25.", report.Description, StringComparison.Ordinal);
        Assert.Equal(25, report.Data.Count);
    }

    [Fact]
    public async Task A_forced_state_that_rejects_nothing_because_breakers_are_switched_off_is_no_fault() => Assert.Equal(
        HealthStatus.Healthy, (await CheckAsync([Breaker("pgmq", BreakerState.ForcedOpen, policy: new BreakerPolicy { Enabled = false })])).Status);

    [Fact]
    public async Task Only_the_components_that_are_asked_for_count()
    {
        var report = await CheckAsync(
            [Breaker("billing", BreakerState.Open), Breaker("pgmq", BreakerState.Closed)], options => options.Components = component => component == "pgmq");

        Assert.Equal((HealthStatus.Healthy, "Breakers that are well: 1 of 1."), (report.Status, report.Description));
        Assert.Equal(["pgmq"], report.Data.Keys);
    }

    [Fact]
    public async Task S13_a_worker_that_has_used_no_breaker_is_healthy_and_the_check_creates_none()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"));
        services.AddHealthChecks().AddCircuitBreakers();
        await using var provider = services.BuildServiceProvider();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);

        Assert.Equal((HealthStatus.Healthy, 0), (report.Entries["circuit_breakers"].Status, report.Entries["circuit_breakers"].Data.Count));
        Assert.Empty(provider.GetRequiredService<ICircuitBreakerManager>().Breakers);
    }

    [Fact]
    public async Task S13_a_check_changes_nothing_and_tells_nobody()
    {
        var mirror = new FakeMirror(BreakerState.HalfOpen);
        mirror.AddPermit();
        var (view, changed) = (mirror.View, mirror.ChangedSince(mirror.View));

        await CheckAsync([new CircuitBreaker(mirror, OutcomeClassifier.Default)]);

        Assert.Same(view, mirror.View);
        Assert.False(changed.IsCompleted);
        Assert.Equal((1, OutcomeTally.Empty), (mirror.Permits.Count, mirror.Counted));
    }

    [Fact]
    public async Task C8_a_worker_that_reaches_no_silo_says_so_and_a_circuit_that_it_opened_alone_is_seen()
    {
        var services = new ServiceCollection();
        services.AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"));
        services.AddHealthChecks().AddCircuitBreakers("breakers", tags: ["queues"]);
        await using var provider = services.BuildServiceProvider();
        var breaker = provider.GetRequiredService<ICircuitBreakerManager>().Get("pgmq");
        var health = provider.GetRequiredService<HealthCheckService>();

        var before = (await health.CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["breakers"];
        Assert.Equal((HealthStatus.Degraded, "pgmq is closed, starting."), (before.Status, before.Description));
        Assert.Equal(["queues"], before.Tags);
        for (var failure = 0; failure < 3; failure++)
        {
            Assert.Throws<IOException>(() => breaker.Execute(() => throw new IOException("down")));
        }

        var after = (await health.CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["breakers"];
        Assert.Equal(HealthStatus.Unhealthy, after.Status);
        Assert.InRange(((BreakerHealth)after.Data["pgmq"]).RemainingSeconds!.Value, 0, 15);
    }

    [Fact]
    public async Task Without_breakers_in_the_services_the_check_says_what_to_add()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddHealthChecks().AddCircuitBreakers();
        await using var provider = services.BuildServiceProvider();

        var report = await Record.ExceptionAsync(() => provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken));

        Assert.Contains("services.AddCircuitBreakers(...)", Assert.IsType<InvalidOperationException>(report).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_option_is_refused_with_what_is_allowed()
    {
        var checks = new ServiceCollection().AddHealthChecks();
        checks.AddCircuitBreakers(configure: options => (options.Open, options.Components) = ((HealthStatus)7, null!));
        using var provider = checks.Services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(
            () => provider.GetRequiredService<IOptionsMonitor<CircuitBreakerHealthOptions>>().Get("circuit_breakers")).Failures.ToArray();

        Assert.Equal(2, refused.Length);
        Assert.Contains("CircuitBreakerHealthOptions.Open must be Unhealthy, Degraded, Healthy", refused[0], StringComparison.Ordinal);
        Assert.Contains("CircuitBreakerHealthOptions.Components is null", refused[1], StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => checks.AddCircuitBreakers(" "));
    }

    private static Task<HealthCheckResult> CheckAsync(ICircuitBreaker[] breakers, Action<CircuitBreakerHealthOptions>? configure = null)
    {
        var options = new CircuitBreakerHealthOptions();
        configure?.Invoke(options);
        return new CircuitBreakerHealthCheck(new GivenBreakers(breakers), options).CheckHealthAsync(new HealthCheckContext());
    }

    private static GivenBreaker Breaker(
        string component, BreakerState state, BreakerMode mode = BreakerMode.Connected, double? remaining = null, BreakerPolicy? policy = null) => new(
        new BreakerSnapshot
        {
            Component = component,
            State = state,
            Remaining = remaining is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Policy = policy ?? BreakerPolicy.BuiltIn,
        },
        mode);

    private sealed class GivenBreakers(IReadOnlyList<ICircuitBreaker> breakers) : ICircuitBreakerManager
    {
        public IReadOnlyList<ICircuitBreaker> Breakers => breakers;

        public ICircuitBreaker Get(string component) => throw new InvalidOperationException("A health check creates no breaker.");
    }

    /// <summary>A breaker that shows what it is told to, and cannot be called.</summary>
    private sealed class GivenBreaker(BreakerSnapshot snapshot, BreakerMode mode) : ICircuitBreaker
    {
        public string Component => snapshot.Component;

        public BreakerSnapshot Snapshot => snapshot;

        public BreakerMode Mode => mode;

        public ValueTask<CallPermit> AcquireAsync(CancellationToken cancellationToken = default) => throw NotForAReader();

        public ValueTask WaitUntilAdmittingAsync(CancellationToken cancellationToken = default) => throw NotForAReader();

        public IAsyncEnumerable<BreakerTransition> WatchTransitionsAsync(CancellationToken cancellationToken = default) => throw NotForAReader();

        private static InvalidOperationException NotForAReader() => new("A health check only reads.");
    }
}
