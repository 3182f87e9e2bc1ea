using Microsoft.Extensions.Time.Testing;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.Silo.Api;
using TaskerCore.Orleans.Silo.Hosting;

namespace TaskerCore.Orleans.Silo.Tests.Api;

/// <summary>What a silo says of itself while the cluster answers well, badly, or not at all.</summary>
public sealed class SiloHealthTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Readiness _readiness = new() { Reason = null };

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

    private SiloHealth Health(Func<CancellationToken, Task<IReadOnlyList<BreakerDetails>>> list) =>
        new(_readiness, new SiloConnection(), new GivenQueries(list), _time);

    private static bool ReasonOnly(BreakersHealthModel expected, BreakersHealthModel found) =>
        found.Summary is null && found.Open.Count == 0 && expected.Reason == found.Reason;

    private sealed class GivenQueries(Func<CancellationToken, Task<IReadOnlyList<BreakerDetails>>> list) : IBreakerClusterQueries
    {
        public Task<IReadOnlyList<BreakerDetails>> ListAsync(BreakerFilter? filter = null, CancellationToken cancellationToken = default) =>
            list(cancellationToken).WaitAsync(cancellationToken);

        public Task<BreakerDetails?> GetAsync(string component, CancellationToken cancellationToken = default) => throw NotAsked();

        public Task<IReadOnlyList<BreakerTransition>?> HistoryAsync(string component, CancellationToken cancellationToken = default) => throw NotAsked();

        public Task<ClusterHealth> HealthAsync(CancellationToken cancellationToken = default) => throw NotAsked();

        private static InvalidOperationException NotAsked() => new("Health lists all breakers, once.");
    }
}
