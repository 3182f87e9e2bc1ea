using System.Net;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>C6–C8: what holds when a silo, a worker or Postgres is gone. Real silos, real Postgres.</summary>
public sealed class SurvivalTests
{
    [Fact]
    public async Task C7_an_open_circuit_is_still_open_from_Postgres_after_every_silo_and_worker_died()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await rig.StartReadySiloAsync("first");
        var worker = await rig.StartWorkerAsync("w", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        for (var failure = 0; failure < 3; failure++)
        {
            worker.Fail();
        }

        await worker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        await Until.TrueAsync(async () => (await silo.GetAsync("/api/breakers/pgmq")).Body["stored"]!.GetValue<bool>(), () => "not stored");
        await worker.StopAsync();
        await silo.Process.KillAsync();

        var second = await rig.StartReadySiloAsync("second");
        var (_, body) = await second.GetAsync("/api/breakers/pgmq");

        Assert.Equal("open", body["state"]!.GetValue<string>());
        Assert.InRange(body["remaining_seconds"]!.GetValue<double>(), 40, 60);
        Assert.Equal(3, body["counts"]!["failures"]!.GetValue<long>());
        var transition = (await second.GetAsync("/api/breakers/pgmq/history")).Body["transitions"]![0]!;
        Assert.Equal(("consecutive_failures", "w"), (transition["cause"]!.GetValue<string>(), transition["worker"]!.GetValue<string>()));
    }

    [Fact]
    public async Task S4_an_open_circuit_of_a_dead_silo_becomes_half_open_on_the_next_one_without_any_traffic()
    {
        await using var rig = await ClusterRig.CreateAsync();
        rig.WriteConfiguration(failureThreshold: 1, timeoutSeconds: 8);
        var silo = await rig.StartReadySiloAsync("first");
        var worker = await rig.StartWorkerAsync("w", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        worker.Fail();
        await worker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        await Until.TrueAsync(async () => (await silo.GetAsync("/api/breakers/pgmq")).Body["stored"]!.GetValue<bool>(), () => "not stored");
        await worker.StopAsync();
        await silo.Process.KillAsync();

        var second = await rig.StartReadySiloAsync("second");

        await Until.TrueAsync(async () => await second.StateAsync("pgmq") == "half_open", () => "never half-open", 30);
    }

    [Fact]
    public async Task C6_the_circuit_opens_for_all_while_Postgres_is_away_and_is_stored_when_it_is_back()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await rig.StartReadySiloAsync();
        var (failing, other) = (await rig.StartWorkerAsync("failing", silo.GatewayPort), await rig.StartWorkerAsync("other", silo.GatewayPort));
        await failing.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        await other.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        rig.PostgresPath.Cut();

        for (var failure = 0; failure < 3; failure++)
        {
            failing.Fail();
        }

        await other.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open, seconds: 5);
        Assert.Equal(BreakerMode.Connected, other.Breaker.Mode);
        Assert.True(other.Breaker.TryExecute(() => 1).IsRejected);
        Assert.False((await silo.GetAsync("/api/breakers/pgmq")).Body["stored"]!.GetValue<bool>());
        Assert.Equal(HttpStatusCode.OK, (await silo.GetAsync("/health/live")).Status);

        rig.PostgresPath.Restore();
        await Until.TrueAsync(async () => (await silo.GetAsync("/api/breakers/pgmq")).Body["stored"]!.GetValue<bool>(), () => "not stored", 30);
    }

    [Fact]
    public async Task A_silo_that_starts_while_Postgres_is_away_waits_says_so_and_goes_on_when_it_is_there()
    {
        await using var rig = await ClusterRig.CreateAsync();
        rig.PostgresPath.Cut();
        var silo = rig.StartSilo();

        await silo.UntilAsync(
            async () => await silo.ReadinessAsync() is (HttpStatusCode.ServiceUnavailable, var reasons) && reasons.Contains("waiting for Postgres", StringComparison.Ordinal),
            "waiting for Postgres",
            TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.OK, (await silo.GetAsync("/health/live")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await silo.GetAsync("/api/breakers")).Status);
        rig.PostgresPath.Restore();

        await silo.ReadyAsync();
        Assert.Contains("Waiting for Postgres before joining the cluster", silo.Process.Recent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_is_stopped_while_it_joins_ends_well_and_one_that_cannot_join_does_not()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var stopped = rig.StartSilo("stopped");
        await stopped.UntilAsync(async () => (await stopped.ReadinessAsync()).Status is not null, "alive", TimeSpan.FromSeconds(30));
        await stopped.Process.StopAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(0, stopped.Process.ExitCode);

        var running = await rig.StartReadySiloAsync("running");
        var clashing = rig.StartSilo("clashing", gatewayPort: running.GatewayPort);
        await Until.TrueAsync(() => clashing.Process.HasExited, () => "it still runs", 40);
        Assert.Equal(1, clashing.Process.ExitCode);
        Assert.Contains($"Silo:GatewayPort is {running.GatewayPort}, but another process listens there", clashing.Process.Recent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task C8_a_worker_starts_and_is_protected_with_no_silo_up_and_joins_the_one_that_comes()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var port = FreePort.Next();
        var worker = await rig.StartWorkerAsync("early", port);
        for (var failure = 0; failure < 3; failure++)
        {
            worker.Fail();
        }

        Assert.True(worker.Breaker.TryExecute(() => 1).IsRejected);

        var silo = rig.StartSilo(gatewayPort: port);
        await silo.ReadyAsync();
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected && breaker.Snapshot.State == BreakerState.Closed, 30);
        await Until.TrueAsync(
            async () => (await silo.GetAsync("/api/breakers/pgmq")).Body["counts"]!["failures"]!.GetValue<long>() == 3, () => "the local failures are not in the totals");
    }

    [Fact]
    public async Task S14_a_worker_that_stops_reports_what_is_left()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await rig.StartReadySiloAsync();
        var worker = await rig.StartWorkerAsync("w", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        for (var call = 0; call < 12_345; call++)
        {
            worker.Breaker.Execute(static () => 1);
        }

        await worker.StopAsync();

        Assert.Equal(12_345, (await silo.GetAsync("/api/breakers/pgmq")).Body["counts"]!["successes"]!.GetValue<long>());
    }

    [Fact]
    public async Task C7_a_rolling_restart_of_both_silos_loses_no_state_and_no_count()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var (first, second) = (await rig.StartReadySiloAsync("first"), await rig.StartReadySiloAsync("second"));
        var worker = await rig.StartWorkerAsync("w", first.GatewayPort, second.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        for (var failure = 0; failure < 3; failure++)
        {
            worker.Fail();
        }

        await worker.UntilAsync(breaker => breaker.Snapshot.State == BreakerState.Open);
        await first.Process.StopAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(0, first.Process.ExitCode);
        var third = await rig.StartReadySiloAsync("third");
        await second.Process.StopAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(0, second.Process.ExitCode);

        var (_, body) = await third.GetAsync("/api/breakers/pgmq");

        Assert.Equal(("open", 3L), (body["state"]!.GetValue<string>(), body["counts"]!["failures"]!.GetValue<long>()));
        Assert.True(worker.Breaker.TryExecute(() => 1).IsRejected);
    }
}
