using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Directory;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.Silo.Api;
using TaskerCore.Orleans.Silo.Lifecycle;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>What a silo says of itself while the cluster answers well, badly, or not at all.</summary>
public sealed class SiloHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Readiness _readiness = new() { Reason = null };
    private readonly LocalConfiguration _local = new(new OwnSettings(new CircuitBreakerConfiguration()) { Environment = "production" }) { Silo = "10.0.0.1:11111" };

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_waited_for_no_longer_than_the_limit()
    {
        var health = Health(_ => new TaskCompletionSource<IReadOnlyList<BreakerDetails>>().Task);

        var asking = health.DetailsAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var details = await asking;

        Assert.Equal((HealthModel.Healthy, 3.1), (details.Status, details.UptimeSeconds));
        Assert.Equal(BreakersHealthModel.Unknown("the cluster did not answer within 3 s"), details.Breakers, ReasonOnly);
    }

    [Fact]
    public async Task A_cluster_that_fails_is_told_and_the_rest_is_still_said()
    {
        var details = await Health(_ => throw new ClusterUnavailableException("no silo")).DetailsAsync(CancellationToken.None);

        Assert.Equal(BreakersHealthModel.Unknown("the cluster did not answer"), details.Breakers, ReasonOnly);
        Assert.NotEmpty(details.Version);
    }

    [Fact]
    public async Task A_silo_that_is_not_ready_gives_its_reason_for_the_breakers_too()
    {
        _readiness.Reason = "the silo is joining the cluster";

        var details = await Health(_ => throw new ClusterUnavailableException("no silo")).DetailsAsync(CancellationToken.None);

        Assert.Equal((HealthModel.Unhealthy, "the silo is joining the cluster"), (details.Status, details.Breakers.Reason));
        Assert.Equal(["the silo is joining the cluster"], details.Reasons);
    }

    [Fact]
    public async Task A_request_that_is_given_up_asks_no_longer()
    {
        using var request = new CancellationTokenSource();
        var health = Health(_ => new TaskCompletionSource<IReadOnlyList<BreakerDetails>>().Task);

        var asking = health.DetailsAsync(request.Token);
        await request.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task Of_many_that_are_open_a_hundred_are_named_and_all_are_counted()
    {
        IReadOnlyList<BreakerDetails> all =
        [
            .. Enumerable.Range(0, 130).Select(number => new BreakerDetails { Component = $"c{number:000}", State = BreakerState.Open, IsAnswering = number > 6 }),
            new BreakerDetails { Component = "probing", State = BreakerState.HalfOpen },
            new BreakerDetails { Component = "well" },
        ];

        var breakers = (await Health(_ => Task.FromResult(all)).DetailsAsync(CancellationToken.None)).Breakers;

        Assert.Equal((100, "c000", "c099"), (breakers.Open.Count, breakers.Open[0], breakers.Open[^1]));
        Assert.Equal(["probing"], breakers.HalfOpen);
        Assert.Equal((130, 1, 1, 132), (breakers.Summary!.Open, breakers.Summary.HalfOpen, breakers.Summary.Closed, breakers.Summary.Total));
        Assert.Equal(7, breakers.NotAnswering);
    }

    [Fact]
    public async Task S18_a_refused_edit_degrades_the_silo_with_the_reason_and_the_details_have_its_faults()
    {
        var since = new DateTimeOffset(2026, 11, 26, 20, 0, 0, TimeSpan.Zero);
        _local.Refused = new ConfigurationRefusal { Since = since, Count = 1, Faults = [new("breakers.yaml:2:3", "circuit_breakers.x", "unknown key")] };
        var health = Health(_ => Task.FromResult<IReadOnlyList<BreakerDetails>>([]));

        Assert.Equal(HealthModel.Degraded, health.Now.Status);
        Assert.Equal(["an edit of the configuration has been refused since 2026-11-26T20:00:00Z; the previous settings are in force: see /api/config"], health.Now.Reasons);
        var configuration = (await health.DetailsAsync(CancellationToken.None)).Configuration;
        Assert.Equal(("refused", since, null), (configuration.State, configuration.Since, configuration.By));
        Assert.Equal(["breakers.yaml:2:3: circuit_breakers.x: unknown key"], configuration.Faults);

        _local.Refused = null;
        Assert.Equal(HealthModel.Healthy, health.Now.Status);
    }

    [Fact]
    public async Task S18_superseded_settings_degrade_the_silo_and_name_the_silo_whose_are_in_force()
    {
        var since = new DateTimeOffset(2026, 11, 26, 20, 0, 0, TimeSpan.Zero);
        _local.Cluster = Overview("another hash", since);

        var details = await Health(_ => Task.FromResult<IReadOnlyList<BreakerDetails>>([])).DetailsAsync(CancellationToken.None);

        Assert.Equal(HealthModel.Degraded, details.Status);
        Assert.Equal(["the settings of 10.0.0.2:11111 have superseded this silo's settings since 2026-11-26T20:00:00Z: see /api/config"], details.Reasons);
        Assert.Equal(("superseded", since, "10.0.0.2:11111", "production"), (details.Configuration.State, details.Configuration.Since, details.Configuration.By, details.Configuration.Environment));
    }

    [Fact]
    public async Task S16_silos_with_different_environments_are_degraded_and_all_are_named()
    {
        _local.Cluster = Overview(_local.Current.ContentHash, null) with
        {
            Silos =
            [
                _local.Report,
                _local.Report with { Silo = "10.0.0.2:11111", Environment = "Production" },
                _local.Report with { Silo = "10.0.0.3:11111", Environment = "staging", ContentHash = "superseded" },
            ],
        };

        var details = await Health(_ => Task.FromResult<IReadOnlyList<BreakerDetails>>([])).DetailsAsync(CancellationToken.None);

        Assert.Equal(
            ["the silos run with different environments: production: 10.0.0.1:11111, 10.0.0.2:11111; staging: 10.0.0.3:11111"], details.Reasons);
        Assert.Equal("in_force", details.Configuration.State);
        Assert.Equal(KeyValuePair.Create("10.0.0.3:11111", "superseded"), Assert.Single(details.Configuration.OtherSilos));
    }

    [Fact]
    public void S18_a_silo_that_does_not_serve_says_that_and_nothing_of_its_settings()
    {
        (_readiness.Reason, _local.Cluster) = ("the silo is joining the cluster", Overview("another hash", null));

        var now = Health(_ => throw new ClusterUnavailableException("no silo")).Now;

        Assert.Equal(HealthModel.Unhealthy, now.Status);
        Assert.Equal(["the silo is joining the cluster"], now.Reasons);
    }

    private static ConfigurationOverview Overview(string hash, DateTimeOffset? since) => new() { Version = 3, ContentHash = hash, Since = since, From = "10.0.0.2:11111" };

    private SiloHealth Health(Func<CancellationToken, Task<IReadOnlyList<BreakerDetails>>> list) =>
        new(_readiness, new SiloConnection(), new GivenQueries(list), _time, _local);

    private static bool ReasonOnly(BreakersHealthModel expected, BreakersHealthModel found) =>
        found.Summary is null && found.Open.Count == 0 && expected.Reason == found.Reason;

    private sealed class GivenQueries(Func<CancellationToken, Task<IReadOnlyList<BreakerDetails>>> list) : IBreakerClusterQueries
    {
        public Task<IReadOnlyList<BreakerDetails>> ListAsync(BreakerFilter? filter = null, CancellationToken cancellationToken = default) =>
            list(cancellationToken).WaitAsync(cancellationToken);

        public Task<BreakerDetails?> GetAsync(string component, CancellationToken cancellationToken = default) => throw NotAsked();

        public Task<IReadOnlyList<BreakerTransition>?> GetHistoryAsync(string component, CancellationToken cancellationToken = default) => throw NotAsked();

        public Task<ClusterHealth> GetHealthAsync(CancellationToken cancellationToken = default) => throw NotAsked();

        private static InvalidOperationException NotAsked() => new("Health lists all breakers, once.");
    }
}
