using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

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
        await Until.TrueAsync(() => second.Process.Recent.Contains("superseded", StringComparison.Ordinal), () => second.Process.Recent);
        Assert.Equal(7, Threshold(worker.Breaker));

        static int Threshold(ICircuitBreaker breaker) => breaker.Snapshot.Policy.Settings.FailureThreshold;
    }

    [Fact]
    public async Task S17_a_bad_file_stops_the_silo_before_it_joins_with_all_its_faults()
    {
        await using var rig = await ClusterRig.CreateAsync();
        await File.WriteAllTextAsync(rig.ConfigurationPath, "circuit_breakers: { enabled: maybe, default_config: { failure_treshold: 3 } }");
        var silo = rig.StartSilo();

        await Until.TrueAsync(() => silo.Process.HasExited, () => "it still runs");

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

        Assert.Contains("this silo runs alone and in memory. Its state is lost when it stops", silo.Process.Recent, StringComparison.Ordinal);
        Assert.Equal("closed", await silo.StateAsync("pgmq"));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_in_one_sentence_that_names_the_setting()
    {
        await using var first = SiloProcess.Start("first", postgres: null);
        await first.ReadyAsync();
        await using var second = SiloProcess.Start("second", postgres: null, [("urls", first.Address.ToString())]);

        await Until.TrueAsync(() => second.Process.HasExited, () => "it still runs");

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
            () => Task.FromResult(silo.Process.Recent.Contains("Refused the changed configuration", StringComparison.Ordinal)), () => "not refused");

        Assert.Equal("closed", await silo.StateAsync("pgmq"));
    }

    [Fact]
    public async Task S18_a_file_that_is_emptied_sets_no_cluster_back_and_every_silo_says_so()
    {
        await using var rig = await ClusterRig.CreateAsync();
        rig.WriteConfiguration(failureThreshold: 8, timeoutSeconds: 60);
        var other = Path.Combine(Path.GetDirectoryName(rig.ConfigurationPath)!, "other.yaml");
        File.Copy(rig.ConfigurationPath, other);
        var first = await rig.StartReadySiloAsync("first");
        var second = rig.StartSilo("second", other);
        await second.ReadyAsync();

        await File.WriteAllTextAsync(rig.ConfigurationPath, string.Empty);
        foreach (var silo in new[] { first, second })
        {
            string shown = string.Empty;
            await Until.TrueAsync(
                async () => (shown = await GetAsync(silo, "/api/config/pgmq")).Contains("\"state\":\"refused\"", StringComparison.Ordinal), () => shown, seconds: 40);
            Assert.Contains("breakers.yaml\",\"path\":\"\",\"message\":\"the file has no settings", shown, StringComparison.Ordinal);
            Assert.Contains("\"key\":\"failure_threshold\",\"value\":8,", shown, StringComparison.Ordinal);
        }

        Assert.Contains("\"status\":\"degraded\",\"reasons\":[\"an edit of the configuration has been refused", await GetAsync(first, "/health"), StringComparison.Ordinal);
        Assert.Equal(2, (await PrometheusPage.OfAsync(first.Address)).Value("configuration_state"));
        Assert.Equal(0, (await PrometheusPage.OfAsync(second.Address)).Value("configuration_state"));

        rig.WriteConfiguration(failureThreshold: 8, timeoutSeconds: 60);
        await Until.TrueAsync(async () => (await GetAsync(first, "/health")).Contains("\"healthy\"", StringComparison.Ordinal), () => "still degraded", seconds: 40);
    }

    [Fact]
    public async Task S16_silos_with_different_environments_are_named_by_each()
    {
        await using var rig = await ClusterRig.CreateAsync();
        var first = await rig.StartReadySiloAsync("first");
        await using var second = SiloProcess.Start(
            "second", rig.Database, [("CircuitBreakers:ConfigPath", rig.ConfigurationPath)], launcher: ["env", "TASKER_ENV=Staging"]);
        await second.ReadyAsync();

        foreach (var silo in new[] { first, second })
        {
            var shown = string.Empty;
            await Until.TrueAsync(
                async () => (shown = await GetAsync(silo, "/api/config")).Contains("the silos run with different environments: ", StringComparison.Ordinal), () => shown, seconds: 40);
            Assert.Contains("; Staging: 127.0.0.1:", shown, StringComparison.Ordinal);
        }

        await Until.TrueAsync(
            () => Task.FromResult(first.Process.Recent.Contains("Set the same environment on every silo: ", StringComparison.Ordinal)), () => first.Process.Recent, seconds: 40);
    }

    [Fact]
    public async Task S16_a_process_in_another_environment_than_its_breakers_is_named()
    {
        await using var silo = SiloProcess.Start("elsewhere", postgres: null, [("environment", "Elsewhere")], launcher: ["env", "-u", "TASKER_ENV", "-u", "DOTNET_ENVIRONMENT"]);
        await silo.ReadyAsync();

        await Until.TrueAsync(
            () => Task.FromResult(silo.Process.Recent.Contains("The process runs in the environment Elsewhere, but the breakers' settings are for the environment production", StringComparison.Ordinal)),
            () => silo.Process.Recent);
    }

    private static async Task<string> GetAsync(SiloProcess silo, string path)
    {
        using var http = new HttpClient { BaseAddress = silo.Address };
        return await http.GetStringAsync(path);
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
