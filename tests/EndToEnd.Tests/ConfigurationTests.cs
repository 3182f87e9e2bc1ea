using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.EndToEnd.Tests;

/// <summary>S17–S19 on real silos.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task S18_an_edited_file_reaches_every_worker_without_a_transition_and_an_old_file_does_not_set_it_back()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await rig.StartReadySiloAsync("first");
        var worker = await rig.StartWorkerAsync("w", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected && Threshold(breaker) == 3);
        var old = rig.ConfigurationPath + ".old.yaml";
        File.Copy(rig.ConfigurationPath, old);

        rig.WriteConfiguration(failureThreshold: 7, timeoutSeconds: 60);
        await worker.UntilAsync(breaker => Threshold(breaker) == 7);
        Assert.Equal(Generation.Initial, worker.Breaker.Snapshot.Generation);

        var second = rig.StartSilo("second", old);
        await second.ReadyAsync();
        Assert.Contains("superseded", second.Process.Recent, StringComparison.Ordinal);
        Assert.Equal(7, Threshold(worker.Breaker));

        static int Threshold(ICircuitBreaker breaker) => breaker.Snapshot.Policy.Settings.FailureThreshold;
    }

    [Fact]
    public async Task S17_a_bad_file_stops_the_silo_before_it_joins_with_all_its_faults()
    {
        await using var rig = await ClusterRig.CreateAsync();
        await File.WriteAllTextAsync(rig.ConfigurationPath, "circuit_breakers: { enabled: maybe, default_config: { failure_treshold: 3 } }");
        var silo = rig.StartSilo();

        await Until.TrueAsync(() => Task.FromResult(silo.Process.HasExited), () => "it still runs");

        Assert.Equal(2, silo.Process.ExitCode);
        Assert.Contains("has 2 faults", silo.Process.Recent, StringComparison.Ordinal);
        Assert.Contains("did you mean 'failure_threshold'?", silo.Process.Recent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S19_one_breaker_more_than_the_limit_is_refused_at_the_worker_before_the_operation_runs()
    {
        await using var rig = await ClusterRig.CreateAsync();
        rig.WriteConfiguration(failureThreshold: 3, timeoutSeconds: 60, ", max_circuit_breakers: 1");
        var silo = await rig.StartReadySiloAsync();
        var worker = await rig.StartWorkerAsync("w", silo.GatewayPort);
        await worker.UntilAsync(breaker => breaker.Mode == BreakerMode.Connected);
        var second = worker.BreakerOf("one-too-many");

        var ran = 0;
        BreakerRefusedException? refused = null;
        await Until.TrueAsync(
            () =>
            {
                var before = ran;
                try
                {
                    second.Execute(() => ran++);
                }
                catch (BreakerRefusedException exception)
                {
                    refused = exception;
                    Assert.Equal(before, ran);
                }

                return Task.FromResult(refused is not null);
            },
            () => "it is not refused");

        Assert.Contains("max_circuit_breakers is 1", refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_connection_string_a_silo_runs_alone_in_memory_and_says_so()
    {
        await using var silo = SiloProcess.Start("embedded", postgres: null);

        await silo.ReadyAsync();

        Assert.Contains("one silo alone, in memory. Nothing survives its end", silo.Process.Recent, StringComparison.Ordinal);
        Assert.Equal("closed", await silo.StateAsync("pgmq"));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_in_one_sentence_that_names_the_setting()
    {
        await using var first = SiloProcess.Start("first", postgres: null);
        await first.ReadyAsync();
        await using var second = SiloProcess.Start("second", postgres: null, [("urls", first.Address.ToString())]);

        await Until.TrueAsync(() => Task.FromResult(second.Process.HasExited), () => "it still runs");

        Assert.Equal(2, second.Process.ExitCode);
        Assert.Contains("Set Urls to another address", second.Process.Recent, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Process.Recent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S18_no_edit_of_a_file_ends_a_silo_that_runs()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var silo = await rig.StartReadySiloAsync();

        await File.WriteAllTextAsync(rig.ConfigurationPath, "circuit_breakers: { enabled: !<> true }");
        await Until.TrueAsync(
            () => Task.FromResult(silo.Process.Recent.Contains("The changed configuration is refused", StringComparison.Ordinal)), () => "not refused");

        Assert.Equal("closed", await silo.StateAsync("pgmq"));
    }

    [Fact]
    public async Task No_password_is_in_a_log_or_an_error()
    {
        await using var silo = SiloProcess.Start("wrong", "Host=127.0.0.1;Port=1;Username=u;Password=hunter2-secret;Database=d");

        await silo.UntilAsync(
            async () => (await silo.ReadinessAsync()).Reasons.Contains("waiting for Postgres", StringComparison.Ordinal), "waiting", TimeSpan.FromSeconds(30));

        Assert.DoesNotContain("hunter2-secret", (await silo.ReadinessAsync()).Reasons, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2-secret", silo.Process.Recent, StringComparison.Ordinal);
    }
}
