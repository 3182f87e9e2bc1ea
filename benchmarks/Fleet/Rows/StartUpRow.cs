using System.Diagnostics;
using System.Globalization;
using TaskerCore.Orleans.Benchmarks.Reporting;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Benchmarks.Fleet.Rows;

/// <summary>Row 12: how soon a worker is protected, a silo is ready, and a killed silo's breakers answer again.</summary>
internal sealed class StartUpRow : Row
{
    private const string Component = "bench-closed";
    private static readonly TimeSpan WorkerReach = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan SiloReach = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KillReach = TimeSpan.FromSeconds(3);
    private static readonly string Published = Repository.Path(".cache", "worker-start", "TaskerCore.Orleans.WorkerStart.dll");
    private static readonly string AsBuilt = Repository.Assembly("tools/WorkerStart", "TaskerCore.Orleans.WorkerStart");
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public override int Number => 12;

    public override string Name => "start-up and take-over";

    public override bool IsQuick => false;

    public override async Task MeasureAsync(Plan plan, Findings findings, CancellationToken cancellationToken)
    {
        var repeats = plan.Of(7, 3);
        await AddWorkerAsync(findings, "worker start until protected, no silo up, published", WorkerReach, Published, repeats, cancellationToken);
        await AddWorkerAsync(findings, "the same as built, compiled while it starts", null, AsBuilt, repeats, cancellationToken);

        var (silos, kills) = (new Sample(), new Sample());
        await using var cluster = await BenchCluster.StartAsync(2, cancellationToken);
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            var begin = Stopwatch.GetTimestamp();
            var silo = cluster.StartSilo();
            await silo.ReadyAsync(cancellationToken);
            silos.Add(Stopwatch.GetElapsedTime(begin));
            kills.Add(await KillOwnerAsync(cluster, cancellationToken));
        }

        Add(findings, "silo start until ready", SiloReach, silos, "from the start of the process, joining a silo that runs and one that was killed");
        Add(findings, "kill -9 of the silo that holds a breaker until it answers again", KillReach, kills, "asked through another silo every 40 ms");
    }

    private async Task AddWorkerAsync(
        Findings findings, string what, TimeSpan? reach, string assembly, int repeats, CancellationToken cancellationToken)
    {
        if (!File.Exists(assembly))
        {
            throw new InvalidOperationException($"{assembly} is missing: run eng/bench.sh 12, which publishes it.");
        }

        var (protectedAfter, hosts) = (new Sample(), new Sample());
        for (var repeat = 0; repeat < repeats; repeat++)
        {
            protectedAfter.Add(await StartWorkerAsync(assembly, [$"127.0.0.1:{FreePort.Next()}"], cancellationToken));
            hosts.Add(await StartWorkerAsync(assembly, [], cancellationToken));
        }

        Add(
            findings,
            what,
            reach,
            protectedAfter,
            $"from the first line of a new process until a call is rejected after 5 that failed, of which a host without breakers takes {Figures.Seconds(hosts.Median)}");
    }

    private void Add(Findings findings, string what, TimeSpan? reach, Sample times, string how) =>
        findings.Add(new(
            Number,
            what,
            "",
            reach is { } most ? $"≤ {most.TotalSeconds} s" : "",
            Figures.Seconds(times.Median),
            reach is null ? null : times.Median <= reach,
            $"{how}; median of {times.Count}, fastest {Figures.Seconds(times.Fastest)}, slowest {Figures.Seconds(times.Slowest)}"));

    private static async Task<TimeSpan> StartWorkerAsync(string assembly, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        await using var worker = ManagedProcess.StartDotnet("worker-start", assembly, arguments);
        var line = await worker.WaitForLineAsync(said => said.Contains(" ms", StringComparison.Ordinal), Limit, cancellationToken);
        return TimeSpan.FromMilliseconds(double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    private static async Task<TimeSpan> KillOwnerAsync(BenchCluster cluster, CancellationToken cancellationToken)
    {
        // A forcing command creates the breaker, if it is not there yet.
        await cluster.CommandAsync(Component, "force-closed", cancellationToken);
        await cluster.CommandAsync(Component, "release", cancellationToken);
        var (_, body) = await cluster.Silos[0].GetAsync($"/api/breakers/{Component}", cancellationToken);
        var address = body["silo"]!.GetValue<string>();
        var owner = cluster.Silos.Single(silo => address.Contains($":{silo.SiloPort}", StringComparison.Ordinal));
        var killed = Stopwatch.GetTimestamp();
        await cluster.KillAsync(owner);
        await Waiting.UntilAsync(
            async () =>
            {
                var (status, answer) = await cluster.Silos[0].GetAsync($"/api/breakers/{Component}", cancellationToken);
                return status == System.Net.HttpStatusCode.OK && answer["answering"]!.GetValue<bool>() && answer["silo"]!.GetValue<string>() != address;
            },
            () => "the breaker does not answer",
            Limit,
            cancellationToken: cancellationToken);
        return Stopwatch.GetElapsedTime(killed);
    }
}
