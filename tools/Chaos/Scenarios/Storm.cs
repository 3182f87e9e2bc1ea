using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;
using TaskerCore.Orleans.Chaos.Measuring;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Every call of many workers fails: first as the rules have it, then with the circuit forced closed, so that no mirror keeps a
/// failure from the authority. It answers all the same.</summary>
internal sealed class Storm : Scenario
{
    private const double Target = 20_000;
    private static readonly TimeSpan QueryTarget = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenQueries = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public override int Number => 14;

    public override string Name => "storm: every call of every worker fails";

    public override ClusterPlan Plan(bool isShort) => new()
    {
        IsStorm = true,
        Workers = isShort ? 4 : 20,
        WorkersPerProcess = 10,
        CallsPerSecond = isShort ? 2000 : Target * 1.05,
        Producers = 1,
        TimeoutSeconds = 1,
    };

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        stage.Say("asking while the circuit opens and probes");
        await AskAsync(stage, "while it opens and probes", cancellationToken);

        await CommandAsync(stage, "force-closed", cancellationToken);
        await stage.AgreeAsync(Stage.Now, cancellationToken);
        stage.Say("asking while every call reaches the component and fails");
        await AskAsync(stage, "forced closed, every call failing", cancellationToken);

        stage.Say("releasing it");
        var released = Stage.Now;
        await CommandAsync(stage, "release", cancellationToken);
        var opening = await stage.SeeOpenAsync(released, cluster.Workers, rejecting: null, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);

        var forced = Stage.Now;
        await CommandAsync(stage, "force-open", cancellationToken);
        await stage.AgreeAsync(forced, cancellationToken);
    }

    private static async Task CommandAsync(Stage stage, string command, CancellationToken cancellationToken)
    {
        var seat = stage.Cluster.Seats[0];
        var (status, body) = await seat.Silo.PostAsync(
            $"/api/breakers/{stage.Cluster.Component}/{command}", """{"reason": "storm", "actor": "chaos"}""", cancellationToken);
        stage.Report.Check(status == System.Net.HttpStatusCode.OK, $"{command} was answered with {status}: {body}");
    }

    /// <summary>Asks for the breaker, one question after the other, and judges the slowest hundredth.</summary>
    private static async Task AskAsync(Stage stage, string when, CancellationToken cancellationToken)
    {
        var cluster = stage.Cluster;
        await Task.WhenAll(cluster.Workers.Select(worker => worker.UntilAsync(
            status => status.Mode == BreakerMode.Connected, "connected", Limit, cancellationToken)));
        var asking = AnswersAsync(cluster, stage.Lasting(20, 4), cancellationToken);
        var rate = await LoadMeter.MeasureAsync(cluster.Workers, stage.Lasting(19, 3), cancellationToken);
        var answers = await asking;
        var p99 = answers[(int)(answers.Count * 0.99)];
        var slowest = answers[^1];
        stage.Report.Note(
            $"{when}: {rate:0} calls/s, {answers.Count} queries, median {answers[answers.Count / 2].TotalMilliseconds:0.0} ms, "
            + $"p99 {p99.TotalMilliseconds:0.0} ms (target < {QueryTarget.TotalMilliseconds:0} ms), slowest {slowest.TotalMilliseconds:0} ms");
        stage.Say($"{rate:0} calls/s; p99 of a query {p99.TotalMilliseconds:0.0} ms");
        stage.Report.Check(stage.IsShort || p99 < QueryTarget, $"{when}: p99 of a query was {p99.TotalMilliseconds:0} ms");
        stage.Report.Check(stage.IsShort || rate >= Target * 0.9, $"{when}: the storm was {rate:0} calls/s, not {Target:0}");
    }

    private static async Task<IReadOnlyList<TimeSpan>> AnswersAsync(ChaosCluster cluster, TimeSpan during, CancellationToken cancellationToken)
    {
        var answers = new List<TimeSpan>();
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < during)
        {
            var seat = cluster.Seats[answers.Count % cluster.Seats.Count];
            var asked = Stopwatch.GetTimestamp();
            var (status, body) = await seat.Silo.GetAsync($"/api/breakers/{cluster.Component}", cancellationToken);
            answers.Add(status == System.Net.HttpStatusCode.OK && AuthorityView.Of(body) is not null ? Stopwatch.GetElapsedTime(asked) : Limit);
            await Task.Delay(BetweenQueries, cancellationToken);
        }

        answers.Sort();
        return answers;
    }
}
