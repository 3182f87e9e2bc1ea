using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Running;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>What the acts have in common: the fleet, the narrator, the settings in force, and the checks that more than one step makes.</summary>
internal sealed class Stage(DemoFleet fleet, Narrator narrator)
{
    /// <summary>Time for what takes milliseconds, on a machine that has much to do.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    /// <summary>Time for a circuit to close: it may open once more first.</summary>
    public static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    private const string Open = "open";
    private const int SendingAgain = 50;
    private static readonly TimeSpan LeastOpen = TimeSpan.FromSeconds(4);

    /// <summary>The fleet.</summary>
    public DemoFleet Fleet => fleet;

    /// <summary>The narrator.</summary>
    public Narrator Narrator => narrator;

    /// <summary>The failures in a row that open the circuit.</summary>
    public int FailureThreshold { get; private set; }

    /// <summary>The probes that may be under way at a time.</summary>
    public int ProbeBudget { get; private set; }

    /// <summary>The successful probes that close the circuit.</summary>
    public int SuccessThreshold { get; private set; }

    /// <summary>How often the circuit opened for all.</summary>
    public int Openings { get; private set; }

    /// <summary>How often probes closed it.</summary>
    public int Closings { get; private set; }

    /// <summary>Fails where something does not hold.</summary>
    /// <exception cref="StoryFailedException">It does not.</exception>
    public static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new StoryFailedException(otherwise);
        }
    }

    /// <summary>The milliseconds from one time to another, at least 0: a process may be a little late in reading the clock.</summary>
    public static string Milliseconds(long from, long to) =>
        Math.Max(0, Stopwatch.GetElapsedTime(from, to).TotalMilliseconds).ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>The seconds since a time.</summary>
    public static string SecondsSince(long from) => Stopwatch.GetElapsedTime(from).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>Asks each worker.</summary>
    public Task<T[]> All<T>(Func<WorkerProcess, Task<T>> ask) => Task.WhenAll(fleet.Workers.Select(ask));

    /// <summary>Waits until each worker stands as wanted.</summary>
    public Task AllUntilAsync(Func<WorkerNews.Status, bool> wanted, string what, TimeSpan limit, CancellationToken cancellationToken) =>
        All(worker => worker.UntilAsync(wanted, what, limit, cancellationToken));

    /// <summary>Reads the breaker's settings.</summary>
    public async Task ReadSettingsAsync(CancellationToken cancellationToken)
    {
        var settings = (await BreakerAsync(cancellationToken))["settings"]!;
        FailureThreshold = settings["failure_threshold"]!.GetValue<int>();
        ProbeBudget = settings["half_open_max_probes"]!.GetValue<int>();
        SuccessThreshold = settings["success_threshold"]!.GetValue<int>();
        narrator.Say($"Settings: {FailureThreshold} failures in a row open the circuit for {settings["timeout_seconds"]} s, then {SuccessThreshold} successful probes close it, at most {ProbeBudget} at a time.");
    }

    /// <summary>The breaker, as a running silo's HTTP API shows it.</summary>
    public async Task<JsonNode> BreakerAsync(CancellationToken cancellationToken)
    {
        var (status, body) = await fleet.RunningSilos[0].Silo.GetAsync($"/api/breakers/{DemoFleet.Component}", cancellationToken);
        Check(status == HttpStatusCode.OK, $"the breaker answers {status}");
        return body;
    }

    /// <summary>The breaker's transitions, the oldest first.</summary>
    public async Task<List<JsonNode>> HistoryAsync(CancellationToken cancellationToken)
    {
        var (status, body) = await fleet.RunningSilos[0].Silo.GetAsync($"/api/breakers/{DemoFleet.Component}/history", cancellationToken);
        Check(status == HttpStatusCode.OK, $"the history answers {status}");
        return [.. body["transitions"]!.AsArray().Select(transition => transition!)];
    }

    /// <summary>Sees that every worker rejects, after failures of some, and that the history says so.</summary>
    /// <param name="since">When the fault began.</param>
    /// <param name="failing">The workers whose calls fail.</param>
    /// <param name="before">The transitions that were there before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>When the failure ended that decided.</returns>
    public async Task<long> OpensForAllAsync(long since, IReadOnlyList<WorkerProcess> failing, int before, CancellationToken cancellationToken)
    {
        var rejections = await All(worker => worker.UntilHeardAsync<WorkerNews.FirstRejection>(
            rejection => rejection.At > since, "rejecting", Soon, cancellationToken));

        // Who was held until its report was answered (C12) rejects before the circuit is open.
        await AllUntilAsync(status => status.State == BreakerState.Open, "open", Soon, cancellationToken);
        var failures = failing.SelectMany(worker => worker.Heard.OfType<WorkerNews.FailedCall>()).Where(failure => failure.At > since)
            .OrderBy(failure => failure.At).ToList();
        Check(failures.Count >= FailureThreshold, $"the circuit opened after {failures.Count} failures only");
        var deciding = failures[FailureThreshold - 1];
        narrator.Say($"Failed call number {FailureThreshold} opens the circuit: {deciding.Error}");
        foreach (var (worker, rejection) in fleet.Workers.Zip(rejections))
        {
            var late = await worker.CallsSinceAsync(deciding.At, Soon, cancellationToken);
            narrator.Say($"{worker.Process.Name} rejects {Milliseconds(deciding.At, rejection.At)} ms later; calls begun in between: {late.Begins.Count}");
        }

        var opened = (await HistoryAsync(cancellationToken)).Skip(before).FirstOrDefault(transition => transition["to"]!.GetValue<string>() == Open);
        Check(opened is not null, "the history shows no opening");
        var decided = opened!["worker"]?.GetValue<string>();
        Check(failing.Any(worker => worker.Process.Name == decided), $"the history names {decided}, whose calls did not fail");
        narrator.Say($"History: {opened["from"]} -> {opened["to"]}, {opened["cause"]}, by {decided}");
        Openings++;
        return deciding.At;
    }

    /// <summary>Waits until the circuit is open, and long enough for what is to happen before it probes.</summary>
    public Task UntilOpenForLongAsync(CancellationToken cancellationToken) => AllUntilAsync(
        status => status is { State: BreakerState.Open, ProbesInSeconds: { } wait } && wait >= LeastOpen.TotalSeconds, "open for some seconds more", Recovery, cancellationToken);

    /// <summary>Sees that probes close the circuit for all: no more of them than allowed, and traffic goes on.</summary>
    /// <param name="since">When the fault ended; the circuit was open then.</param>
    /// <param name="before">The transitions that were there before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ClosesByProbesAsync(long since, int before, CancellationToken cancellationToken)
    {
        var probesBefore = await ProbesAsync(cancellationToken);
        var known = (await HistoryAsync(cancellationToken)).Count;
        await AllUntilAsync(status => status.State == BreakerState.Closed, "closed again", Recovery, cancellationToken);
        var sent = fleet.Workers.Select(worker => worker.Status!.Sent).ToList();
        narrator.Say($"Closed for all after {SecondsSince(since)} s.");
        var history = (await HistoryAsync(cancellationToken)).Select(transition => transition["cause"]!.GetValue<string>()).ToList();
        var causes = history.Skip(before).ToList();
        narrator.Say($"History: {string.Join(", ", causes)}");
        Check(causes.Contains("timeout_elapsed") && causes[^1] == "probes_succeeded", "the circuit was not closed by probes");

        // A half-open stay that closes grants the budget, and one permit more for each success but the last; one that a failed probe ends grants the
        // budget at most.
        var probes = await ProbesAsync(cancellationToken) - probesBefore;
        var most = (ProbeBudget * (1 + history.Skip(known).Count(cause => cause == "probe_failed"))) + SuccessThreshold - 1;
        narrator.Say($"{probes} probes in the whole cluster");
        Check(probes >= SuccessThreshold && probes <= most, $"{probes} probes, {SuccessThreshold} to {most} are allowed");
        CountClosing();
        await SendsAgainAsync(sent, cancellationToken);
    }

    private async Task<long> ProbesAsync(CancellationToken cancellationToken) =>
        (await BreakerAsync(cancellationToken))["counts"]!["probes"]!.GetValue<long>();

    /// <summary>Probes have been seen to close the circuit.</summary>
    public void CountClosing() => Closings++;

    /// <summary>Waits until each worker has sent some more messages.</summary>
    public async Task SendsAgainAsync(IReadOnlyList<long> sent, CancellationToken cancellationToken)
    {
        foreach (var (worker, then) in fleet.Workers.Zip(sent))
        {
            await worker.UntilAsync(status => status.Sent > then + SendingAgain, "sending again", Soon, cancellationToken);
        }
    }

    /// <summary>The calls of all workers since a time that were not rejected.</summary>
    public async Task<int> CallsSinceAsync(long since, CancellationToken cancellationToken) =>
        (await All(worker => worker.CallsSinceAsync(since, Soon, cancellationToken))).Sum(calls => calls.Begins.Count);
}
