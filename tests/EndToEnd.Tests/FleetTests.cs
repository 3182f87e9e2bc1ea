using Npgsql;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>C1: real workers in processes of their own, real silos, real pgmq.</summary>
public sealed class FleetTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task C1_one_workers_pgmq_failures_open_the_circuit_on_every_worker_and_a_few_probes_close_it()
    {
        await using var rig = await ClusterRig.CreateAsync();
        rig.WriteConfiguration(failureThreshold: 3, timeoutSeconds: 4);
        var pgmq = await PostgresDatabase.CreateForTestAsync(withPgmq: true);
        await using var source = NpgsqlDataSource.Create(pgmq);
        await using (var create = source.CreateCommand("SELECT pgmq.create('orders')"))
        {
            await create.ExecuteNonQueryAsync();
        }

        var silos = await Task.WhenAll(rig.StartReadySiloAsync("silo-1"), rig.StartReadySiloAsync("silo-2"));
        var http = FreePort.Several(1)[0];
        await using var cut = StartWorker("cut", http);
        await using var whole = StartWorker("whole");
        WorkerProcess[] workers = [cut, whole];
        await Task.WhenAll(workers.Select(worker => worker.UntilAsync(status => status is { Consumed: > 0, Mode: BreakerMode.Connected }, "working", Soon)));

        cut.Path.Cut();
        await Task.WhenAll(workers.Select(worker => worker.UntilAsync(status => status is { State: BreakerState.Open, Rejected: > 0 }, "rejecting", Soon)));
        Assert.Equal(0, whole.Status!.Failed);
        var transition = (await silos[0].GetAsync("/api/breakers/pgmq/history")).Body["transitions"]![0]!;
        Assert.Equal("cut", transition["worker"]!.GetValue<string>());

        cut.Path.Restore();
        await Task.WhenAll(workers.Select(worker => worker.UntilAsync(status => status.State == BreakerState.Closed, "closed again", Soon)));
        var sent = workers.Select(worker => worker.Status!.Sent).ToList();
        await Task.WhenAll(workers.Zip(sent).Select(pair => pair.First.UntilAsync(status => status.Sent > pair.Second + 10, "sending again", Soon)));
        AssertShown(await PrometheusPage.OfAsync(new Uri($"http://127.0.0.1:{http}")));
        await Task.WhenAll(workers.Select(worker => worker.Process.StopAsync(TimeSpan.FromSeconds(15))));
        Assert.All(workers, worker => Assert.Equal(0, worker.Process.ExitCode));

        WorkerProcess StartWorker(string name, int httpPort = 0) => WorkerProcess.Start(
            name,
            new NpgsqlConnectionStringBuilder(pgmq).Port,
            port => new NpgsqlConnectionStringBuilder(pgmq) { Port = port }.ConnectionString,
            silos.Select(silo => silo.GatewayPort),
            "orders",
            httpPort);
    }

    /// <summary>What the worker that was cut off saw of it, as its page for Prometheus has it.</summary>
    private static void AssertShown(PrometheusPage page)
    {
        const string pgmq = "breaker=\"pgmq\"";
        Assert.Equal((0.0, 1.0), (page.Value("worker_state", pgmq), page.Value("worker_mode", pgmq)));
        Assert.InRange(page.Value("worker_calls_total", pgmq, "outcome=\"success\"") ?? 0, 10, double.MaxValue);
        Assert.InRange(page.Value("worker_calls_total", pgmq, "outcome=\"failure\"") ?? 0, 3, double.MaxValue);
        Assert.Equal(0, page.Value("worker_calls_slow_total", pgmq));
        Assert.InRange(page.Value("worker_rejections_total", pgmq) ?? 0, 1, double.MaxValue);
        Assert.InRange(page.Value("worker_propagation_delay_seconds_count", pgmq) ?? 0, 2, 10);
        Assert.InRange(page.Value("worker_report_size_sum") ?? 0, 10, double.MaxValue);
    }
}
