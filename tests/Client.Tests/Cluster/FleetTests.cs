using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskerCore.Orleans.Client.Session;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Client.Tests.Cluster;

public sealed class FleetTests
{
    private static readonly BreakerSettings Quick = new() { FailureThreshold = 3, Timeout = TimeSpan.FromSeconds(1), SuccessThreshold = 2 };

    [Fact]
    public async Task C1_failures_of_one_worker_open_the_circuit_for_all_and_probes_close_it_again()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick);
        Worker[] workers = [await fleet.StartWorkerAsync("a"), await fleet.StartWorkerAsync("b"), await fleet.StartWorkerAsync("c")];
        foreach (var worker in workers)
        {
            await worker.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
            Assert.Equal(1, worker.Breaker().Succeed());
        }

        for (var failure = 0; failure < 3; failure++)
        {
            workers[0].Breaker().Fail();
        }

        foreach (var worker in workers)
        {
            await worker.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
            var rejected = Assert.Throws<CircuitOpenException>(() => worker.Breaker().Succeed());
            Assert.Equal(BreakerState.Open, rejected.State);
            Assert.InRange(rejected.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }

        await workers[1].Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.HalfOpen);
        Assert.Equal(1, await workers[1].Breaker().ExecuteAsync(_ => ValueTask.FromResult(1)));
        await workers[2].Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.HalfOpen);
        Assert.Equal(1, workers[2].Breaker().Succeed());
        foreach (var worker in workers)
        {
            await worker.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Closed);
        }

        var history = await workers[0].Queries.HistoryAsync("pgmq");
        Assert.Equal(
            [TransitionCause.ConsecutiveFailures, TransitionCause.TimeoutElapsed, TransitionCause.ProbesSucceeded],
            history!.Select(transition => transition.Cause));
        Assert.Equal("a", history![0].Worker);
    }

    [Fact]
    public async Task C2_closed_calls_cost_no_remote_calls_but_those_that_time_brings()
    {
        await using var fleet = await TestFleet.StartAsync(1, Quick);
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await Until.TrueAsync(async () => (await a.Queries.GetAsync("pgmq"))!.Workers == 1);
        var before = fleet.RemoteCalls;
        var startedAt = TimeProvider.System.GetTimestamp();

        for (var call = 0; call < 5_000_000; call++)
        {
            a.Breaker().TryExecute(static () => 1);
        }

        var seconds = TimeProvider.System.GetElapsedTime(startedAt).TotalSeconds;
        var remote = fleet.RemoteCalls - before;
        TestContext.Current.SendDiagnosticMessage($"{remote} remote calls in {seconds:0.0} s of 5,000,000 closed calls");
        Assert.InRange(remote, 0, 3 + seconds);
    }

    [Fact]
    public async Task S14_totals_are_exact_when_workers_have_stopped()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick with { FailureThreshold = 100 });
        Worker[] workers = [await fleet.StartWorkerAsync("a"), await fleet.StartWorkerAsync("b")];
        foreach (var worker in workers)
        {
            await worker.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        }

        await Task.WhenAll(workers.Select(worker => Task.Run(() =>
        {
            for (var call = 0; call < 10_000; call++)
            {
                worker.Breaker().Succeed();
                if (call % 100 == 0)
                {
                    worker.Breaker().Fail();
                }
            }
        })));
        foreach (var worker in workers)
        {
            await worker.StopAsync();
        }

        var watcher = await fleet.StartWorkerAsync("watcher");
        var details = await watcher.Queries.GetAsync("pgmq");
        Assert.Equal((20_000, 200, 0), (details!.Totals.Successes, details.Totals.Failures, details.Totals.Rejected));
        await Until.TrueAsync(async () => (await watcher.Queries.GetAsync("pgmq"))!.Workers == 0);
    }

    [Fact]
    public async Task S10_a_forced_open_circuit_rejects_everywhere_until_it_is_released()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick);
        var a = await fleet.StartWorkerAsync("a");
        var b = await fleet.StartWorkerAsync("b");
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await b.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);

        var forced = await a.Commands.CommandAsync("pgmq", new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "maintenance", Actor = "ann" });
        Assert.Equal((CommandStatus.Applied, true), (forced.Status, forced.Stored));
        await b.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.ForcedOpen);
        Assert.Null(Assert.Throws<CircuitOpenException>(() => b.Breaker().Succeed()).RetryAfter);

        var reset = await a.Commands.CommandAsync("pgmq", new OperatorCommand { Kind = CommandKind.Reset, Reason = "try", Actor = "ann" });
        Assert.Equal(CommandStatus.Conflict, reset.Status);
        await a.Commands.CommandAsync("pgmq", new OperatorCommand { Kind = CommandKind.Release, Reason = "done", Actor = "ann" });
        await b.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Closed);
        Assert.Equal(1, b.Breaker().Succeed());
    }

    [Fact]
    public async Task C7_an_open_circuit_stays_open_when_the_silo_that_holds_it_dies()
    {
        await using var fleet = await TestFleet.StartAsync(3, Quick with { Timeout = TimeSpan.FromSeconds(60) });
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        for (var failure = 0; failure < 3; failure++)
        {
            a.Breaker().Fail();
        }

        await a.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        var generation = a.Breaker().Snapshot.Generation;
        await fleet.Cluster.KillSiloAsync(fleet.Cluster.Silos[1]);
        await fleet.Cluster.KillSiloAsync(fleet.Cluster.Silos[1]);
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected, 30);
        Assert.Equal((BreakerState.Open, generation), (a.Breaker().Snapshot.State, a.Breaker().Snapshot.Generation));
        Assert.Equal(BreakerState.Open, (await a.Queries.GetAsync("pgmq"))!.State);
    }

    [Fact]
    public async Task C6_the_circuit_opens_while_the_store_is_down_and_is_stored_when_it_is_back()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick with { Timeout = TimeSpan.FromSeconds(60) });
        var a = await fleet.StartWorkerAsync("a");
        var b = await fleet.StartWorkerAsync("b");
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await b.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        fleet.Store.IsDown = true;
        for (var failure = 0; failure < 3; failure++)
        {
            a.Breaker().Fail();
        }

        await b.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        Assert.False((await a.Queries.GetAsync("pgmq"))!.Stored);
        fleet.Store.IsDown = false;
        await Until.TrueAsync(async () => (await a.Queries.GetAsync("pgmq"))!.Stored);
    }

    [Fact]
    public async Task C7_what_was_decided_while_the_store_was_down_survives_its_silo_from_the_mirrors()
    {
        await using var fleet = await TestFleet.StartAsync(2, Quick with { Timeout = TimeSpan.FromSeconds(60) });
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        fleet.Store.IsDown = true;
        var forced = await a.Commands.CommandAsync("pgmq", new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "maintenance", Actor = "ann" });
        Assert.False(forced.Stored);
        await a.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.ForcedOpen);
        await DeactivateAsync(fleet);
        await Until.TrueAsync(async () => (await a.Queries.GetAsync("pgmq"))!.State == BreakerState.ForcedOpen);
        Assert.Equal(BreakerState.ForcedOpen, a.Breaker().Snapshot.State);
        fleet.Store.IsDown = false;
        await Until.TrueAsync(async () => (await a.Queries.GetAsync("pgmq")) is { Stored: true, State: BreakerState.ForcedOpen });
    }

    [Fact]
    public async Task S10_a_ttl_of_months_outlives_the_activation_and_harms_no_worker()
    {
        await using var fleet = await TestFleet.StartAsync(1, Quick);
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        var forced = await a.Commands.CommandAsync(
            "pgmq", new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "maintenance", Actor = "ann", Ttl = TimeSpan.FromDays(364) });
        Assert.True(forced.Stored);
        await a.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.ForcedOpen);
        Assert.Throws<CircuitOpenException>(() => a.Breaker().Succeed());
        await DeactivateAsync(fleet);

        await Until.TrueAsync(async () => (await a.Queries.GetAsync("pgmq")) is { State: BreakerState.ForcedOpen, RetryAfter.TotalDays: > 363 });
        var released = await a.Commands.CommandAsync("pgmq", new OperatorCommand { Kind = CommandKind.Release, Reason = "done", Actor = "ann" });
        Assert.Equal(CommandStatus.Applied, released.Status);
        await a.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Closed);
    }

    [Fact]
    public async Task S19_a_refused_worker_goes_on_when_the_limit_is_raised()
    {
        await using var fleet = await TestFleet.StartAsync(1, Quick);
        await fleet.OfferAsync(new CircuitBreakerConfiguration { Global = new GlobalSettings { MaxCircuitBreakers = 1 } }, "small");
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker("one").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await a.Breaker("two").UntilAsync(breaker => breaker.Mode == BreakerMode.Refused);
        Assert.Throws<BreakerRefusedException>(() => a.Breaker("two").Succeed());

        await fleet.OfferAsync(new CircuitBreakerConfiguration { Global = new GlobalSettings { MaxCircuitBreakers = 2 } }, "large");

        await a.Breaker("two").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected, 30);
        Assert.Equal(1, a.Breaker("two").Succeed());
    }

    [Fact]
    public async Task S14_what_a_service_does_until_its_end_is_reported_though_it_stops_after_the_breakers()
    {
        await using var fleet = await TestFleet.StartAsync(1, Quick);
        var builder = new HostApplicationBuilder();
        builder.Services.AddHostedService<LastWords>();
        builder.Services.AddSingleton<global::Orleans.IClusterClient>(fleet.Cluster.Client);
        builder.Services.AddCircuitBreakers();
        builder.Services.AddSingleton<IClusterConnection>(_ => new OutlivingConnection(fleet.Cluster.Client));
        using var host = builder.Build();
        await host.StartAsync();
        await new Worker(host).Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);

        await host.StopAsync();

        var watcher = await fleet.StartWorkerAsync("watcher");
        Assert.Equal(LastWords.Calls, (await watcher.Queries.GetAsync("pgmq"))!.Totals.Successes);
    }

    [Fact]
    public async Task C8_a_worker_that_reaches_no_silo_is_protected_by_its_own_rules()
    {
        var builder = new HostApplicationBuilder();
        builder.Services.AddCircuitBreakers(options => options.Gateways.Add("127.0.0.1:1"));
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var breaker = new Worker(host).Breaker();
        Assert.Equal(BreakerMode.Starting, breaker.Mode);
        for (var failure = 0; failure < 3; failure++)
        {
            breaker.Fail();
        }

        Assert.Throws<CircuitOpenException>(() => breaker.Succeed());
        await Assert.ThrowsAsync<ClusterUnavailableException>(() => new Worker(host).Queries.ListAsync(cancellationToken: TestContext.Current.CancellationToken));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task DeactivateAsync(TestFleet fleet)
    {
        var holder = fleet.Cluster.Client.GetGrain<ICircuitBreakerGrain>(GrainKeys.Breaker("pgmq"));
        await global::Orleans.GrainExtensions.AsReference<global::Orleans.Core.Internal.IGrainManagementExtension>(holder).DeactivateOnIdle();
    }

    /// <summary>A service that goes on calling while the host stops it.</summary>
    private sealed class LastWords(ICircuitBreakerManager breakers) : IHostedService
    {
        public const int Calls = 17;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            for (var call = 0; call < Calls; call++)
            {
                breakers.Get("pgmq").Succeed();
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>A connection of the breakers' own, as one by gateways is.</summary>
    private sealed class OutlivingConnection(global::Orleans.IClusterClient client) : IClusterConnection
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public global::Orleans.IClusterClient Client => client;

        public Task<global::Orleans.Serialization.Serializer?> GetWireAsync() => Task.FromResult<global::Orleans.Serialization.Serializer?>(null);

        public bool EndsWithTheHost => false;

        public string Describe() => "the test's cluster";

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
