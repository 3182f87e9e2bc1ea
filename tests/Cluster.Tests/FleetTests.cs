using Microsoft.Extensions.DependencyInjection;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

public sealed class FleetTests
{
    private static readonly BreakerSettings Quick = new() { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(1), SuccessThreshold = 2 };

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

        var history = await workers[0].Queries.GetHistoryAsync("pgmq");
        Assert.Equal(
            [TransitionCause.ConsecutiveFailures, TransitionCause.TimeoutElapsed, TransitionCause.ProbesSucceeded],
            history!.Select(transition => transition.Cause));
        Assert.Equal("a", history![0].Worker);
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
    public async Task S19_a_refused_worker_goes_on_when_the_limit_is_raised()
    {
        await using var fleet = await TestFleet.StartAsync(1, new BreakerSettings());
        await fleet.OfferAsync(new CircuitBreakerConfiguration { Global = new GlobalSettings { MaxCircuitBreakers = 1 } }, "small");
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker("one").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await a.Breaker("two").UntilAsync(breaker => breaker.Mode == BreakerMode.Refused);
        Assert.Throws<BreakerRefusedException>(() => a.Breaker("two").Succeed());

        await fleet.OfferAsync(new CircuitBreakerConfiguration { Global = new GlobalSettings { MaxCircuitBreakers = 2 } }, "large");

        await a.Breaker("two").UntilAsync(breaker => breaker.Mode == BreakerMode.Connected, 30);
        Assert.Equal(1, a.Breaker("two").Succeed());
    }
}
