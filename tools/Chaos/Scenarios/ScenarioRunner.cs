using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;
using TaskerCore.Orleans.Chaos.Measuring;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Plays a scenario from start to account.</summary>
/// <param name="isShort">The short form: a lower load, faults that last seconds.</param>
/// <param name="say">Progress.</param>
internal sealed class ScenarioRunner(bool isShort, Action<string> say)
{
    /// <summary>Protected calls a second that the full form asks for before the fault.</summary>
    public const double FullFloor = 2000;

    /// <summary>The short form's: it shares two cores with a test run.</summary>
    public const double ShortFloor = 200;

    private const double ShortTarget = 450;
    private static readonly TimeSpan SteadyLimit = TimeSpan.FromSeconds(20);

    /// <summary>Plays it; whatever goes wrong is in the report.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<ScenarioReport> RunAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        var report = new ScenarioReport(scenario.Number, scenario.Name);
        var began = Stopwatch.GetTimestamp();
        var plan = scenario.Plan(isShort);
        plan = isShort && !plan.IsStorm ? plan with { CallsPerSecond = ShortTarget, Producers = 3 } : plan;
        Say($"{scenario.Name}: starting Postgres, {plan.Silos} silos, {plan.Workers} workers");
        try
        {
            await using var cluster = await ChaosCluster.StartAsync(plan, cancellationToken);
            try
            {
                await PlayAsync(scenario, cluster, report, cancellationToken);
            }
            catch (Exception exception) when (IsFailure(exception))
            {
                report.Check(false, exception.Message);
                Say("silos' last lines:\n" + string.Join('\n', cluster.Seats.Select(seat =>
                    $"--- {seat.Silo.Process.Name}\n" + string.Join('\n', seat.Silo.Process.Recent.Split('\n').TakeLast(12)))));
            }
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            report.Check(false, exception.Message);
        }

        foreach (var broken in report.Broken)
        {
            Say($"DID NOT HOLD: {broken}");
        }

        Say($"{(report.Held ? "held" : "FAILED")} after {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        return report;

        void Say(string what) => say($"[{scenario.Number,2} {Stopwatch.GetElapsedTime(began).TotalSeconds,5:0.0}] {what}");

        bool IsFailure(Exception exception) => !cancellationToken.IsCancellationRequested && exception is TimeoutException or InvalidOperationException or IOException
            or Npgsql.NpgsqlException or HttpRequestException or OperationCanceledException;

        async Task PlayAsync(Scenario played, ChaosCluster cluster, ScenarioReport figures, CancellationToken token)
        {
            var stage = new Stage(cluster, figures, isShort, Say);
            if (!plan.IsStorm)
            {
                await stage.HealthyAsync(token);
            }

            var floor = isShort ? ShortFloor : FullFloor;
            figures.CallsPerSecond = await LoadMeter.UntilSteadyAsync(
                cluster.Workers, floor, isShort ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(3), SteadyLimit, token);
            Say($"{figures.CallsPerSecond:0} protected calls/s");
            figures.Check(figures.CallsPerSecond >= floor, $"the load before the fault was {figures.CallsPerSecond:0} calls/s, not {floor:0}");

            await played.PlayAsync(stage, token);
            await AccountAsync(played, stage, token);
        }
    }

    private static async Task AccountAsync(Scenario scenario, Stage stage, CancellationToken cancellationToken)
    {
        stage.Say("ending the load, and counting");
        var accounts = await Accounts.SettleAsync(stage.Cluster, cancellationToken);
        var report = stage.Report;
        report.CountersLost = accounts.CountersLost;
        report.MessagesLost = accounts.MessagesLost;
        stage.Say($"workers: {accounts.Workers}; cluster: {accounts.Cluster}");
        if (scenario.CountersMayBeLost is { } reason)
        {
            report.Note($"{accounts.CountersLost} of {accounts.Workers.All} counters lost, {accounts.CountersInvented} counted in excess: {reason}");
        }
        else
        {
            report.Check(accounts.CountersLost == 0, $"{accounts.CountersLost} counters are lost: the workers have {accounts.Workers}, the cluster {accounts.Cluster}");
            report.Check(accounts.CountersInvented == 0, $"{accounts.CountersInvented} counters too many: the workers have {accounts.Workers}, the cluster {accounts.Cluster}");
        }

        report.Check(accounts.MessagesLost == 0, $"{accounts.MessagesLost} acknowledged messages were never archived");
        report.Check(
            accounts.MessagesTwice <= accounts.MessagesAllowedTwice,
            $"{accounts.MessagesTwice} messages are there twice, and only {accounts.MessagesAllowedTwice} sends were left without an answer");
        if (accounts.MessagesTwice > 0)
        {
            report.Note($"{accounts.MessagesTwice} messages twice, {accounts.MessagesAllowedTwice} sends without an answer");
        }
    }
}
