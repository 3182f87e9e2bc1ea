using System.Text.RegularExpressions;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.TestKit;

namespace TaskerCore.Orleans.Processes.Tests;

/// <summary>A worker process with the template's logging: what it takes of its process, and what it writes.</summary>
public sealed partial class PlainWorkerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData]
    [InlineData("127.0.0.1:1")]
    public async Task A_host_that_leaves_signals_to_the_system_ends_by_SIGTERM_with_and_without_breakers(params string[] gateways)
    {
        await using var worker = Start(["--own-lifetime", .. gateways]);
        await SaysAsync(worker, "running");

        await worker.StopAsync(Limit);

        Assert.Equal(143, worker.ExitCode);
    }

    [Fact]
    public async Task The_hosts_own_lifetime_hears_SIGTERM_and_its_banner_is_written_once()
    {
        await using var worker = Start(["127.0.0.1:1"]);
        await SaysAsync(worker, "breaker: ");

        await worker.StopAsync(Limit);

        Assert.Equal(0, worker.ExitCode);
        Assert.Equal(1, Count(worker, "Application started"));
        Assert.Equal(1, Count(worker, "Hosting environment"));
        Assert.Contains("stopped", worker.Recent, StringComparison.Ordinal);
        Assert.All(Entries(worker.Recent), entry => Assert.StartsWith("info: ", entry, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", worker.Recent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_of_the_only_silo_is_a_handful_of_lines_and_ours_are_among_them()
    {
        var (gateway, siloPort) = (FreePort.Next(), FreePort.Next());
        var silo = SiloProcess.Start("silo", null, gatewayPort: gateway, siloPort: siloPort);
        await silo.ReadyAsync();
        await using var worker = Start([$"127.0.0.1:{gateway}"]);
        await SaysAsync(worker, "breaker: Connected Closed");
        var before = worker.Recent.Length;
        await silo.Process.KillAsync();
        await silo.DisposeAsync();
        await SaysAsync(worker, "breaker: Local Closed");

        // Long enough for Orleans to try the dead gateway several times.
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await using var next = SiloProcess.Start("silo", null, gatewayPort: gateway, siloPort: siloPort);
        await next.ReadyAsync();
        await SaysAsync(worker, "breaker: Connected Closed");

        await Until.TrueAsync(() => worker.Recent.Contains("Local -> Connected", StringComparison.Ordinal), () => worker.Recent);
        var said = worker.Recent[before..];
        Assert.InRange(Entries(said).Count, 4, 10);
        Assert.Equal(1, Count(said, "The cluster does not answer"));
        Assert.Equal(1, Count(said, "Breaker plain: Connected -> Local"));
        Assert.Equal(1, Count(said, "The cluster answers again"));
        Assert.DoesNotContain("   at ", worker.Recent, StringComparison.Ordinal);
        Assert.DoesNotContain("fail: ", worker.Recent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_of_another_cluster_is_named_once_with_both_cluster_ids()
    {
        await using var silo = SiloProcess.Start("silo", null, [("Silo:ClusterId", "green")]);
        await silo.ReadyAsync();
        await using var worker = Start(["--cluster", "blue", $"127.0.0.1:{silo.GatewayPort}"]);

        await SaysAsync(worker, "belongs to the cluster 'green', and this worker looks for the cluster 'blue'");
        await Until.TrueAsync(() => Count(worker, "The cluster does not answer") == 1, () => worker.Recent);

        // Long enough for several more attempts.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(1, Count(worker, "belongs to the cluster"));
        Assert.Equal(1, Count(silo.Process, "Rejected a worker at 127.0.0.1: it is configured for the cluster 'blue', but this silo belongs to the cluster 'green'"));
        Assert.DoesNotContain("   at ", worker.Recent, StringComparison.Ordinal);
        await worker.StopAsync(Limit);
        Assert.Equal(0, worker.ExitCode);
        Assert.DoesNotContain("fail: ", worker.Recent, StringComparison.Ordinal);
    }

    private static ManagedProcess Start(IEnumerable<string> arguments) =>
        ManagedProcess.StartDotnet("plain", Repository.Assembly("tools/PlainWorker", "TaskerCore.Orleans.PlainWorker"), arguments);

    private static Task<string> SaysAsync(ManagedProcess worker, string text) =>
        worker.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), Limit, TestContext.Current.CancellationToken);

    private static int Count(ManagedProcess worker, string text) => Count(worker.Recent, text);

    private static int Count(string log, string text) => Regex.Count(log, Regex.Escape(text));

    /// <summary>The log's entries, by their first lines.</summary>
    private static IReadOnlyList<string> Entries(string log) => [.. log.Split(Environment.NewLine).Where(line => Entry().IsMatch(line))];

    [GeneratedRegex("^(trce|dbug|info|warn|fail|crit): ")]
    private static partial Regex Entry();
}
