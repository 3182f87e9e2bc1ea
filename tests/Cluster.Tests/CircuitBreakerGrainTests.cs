using Orleans.Core.Internal;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces.Wire;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Cluster.Tests;

/// <summary>The grain of a breaker: what it keeps when its activation ends, its silo dies or its store is down.</summary>
[Collection(SharedFleet.Name)]
public sealed class CircuitBreakerGrainTests(SharedFleet shared)
{
    private static readonly BreakerSettings Quick = new() { FailureThreshold = 3, OpenDuration = TimeSpan.FromSeconds(60), SuccessThreshold = 2 };

    [Fact]
    public async Task C7_an_open_circuit_stays_open_when_the_silo_that_holds_it_dies()
    {
        await using var fleet = await TestFleet.StartAsync(3, Quick);
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
        await using var fleet = await TestFleet.StartAsync(2, Quick);
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
        await using var fleet = await TestFleet.StartAsync(2, Quick);
        var a = await fleet.StartWorkerAsync("a");
        await a.Breaker().UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        fleet.Store.IsDown = true;
        var forced = await a.Commands.CommandAsync("pgmq", new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "maintenance", Actor = "ann" });
        Assert.False(forced.Stored);
        await a.Breaker().UntilAsync(breaker => breaker.Snapshot.State == BreakerState.ForcedOpen);
        await DeactivateAsync(fleet, "pgmq");
        await Until.TrueAsync(async () => (await a.Queries.GetAsync("pgmq"))!.State == BreakerState.ForcedOpen);
        Assert.Equal(BreakerState.ForcedOpen, a.Breaker().Snapshot.State);
        fleet.Store.IsDown = false;
        await Until.TrueAsync(async () => (await a.Queries.GetAsync("pgmq")) is { Stored: true, State: BreakerState.ForcedOpen });
    }

    [Fact]
    public async Task S10_a_ttl_of_months_outlives_the_activation_and_harms_no_worker()
    {
        const string component = "months";
        await using var a = await shared.Fleet.StartWorkerAsync("a");
        await a.Breaker(component).UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        var forced = await a.Commands.CommandAsync(
            component, new OperatorCommand { Kind = CommandKind.ForceOpen, Reason = "maintenance", Actor = "ann", Ttl = TimeSpan.FromDays(364) });
        Assert.True(forced.Stored);
        await a.Breaker(component).UntilAsync(breaker => breaker.Snapshot.State == BreakerState.ForcedOpen);
        Assert.Throws<CircuitOpenException>(() => a.Breaker(component).Succeed());
        await DeactivateAsync(shared.Fleet, component);

        await Until.TrueAsync(async () => (await a.Queries.GetAsync(component)) is { State: BreakerState.ForcedOpen, Remaining.TotalDays: > 363 });
        var released = await a.Commands.CommandAsync(component, new OperatorCommand { Kind = CommandKind.Release, Reason = "done", Actor = "ann" });
        Assert.Equal(CommandStatus.Applied, released.Status);
        await a.Breaker(component).UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Closed);
    }

    private static async Task DeactivateAsync(TestFleet fleet, string component) =>
        await fleet.Cluster.Client.Breaker(component).AsReference<IGrainManagementExtension>().DeactivateOnIdle();
}
