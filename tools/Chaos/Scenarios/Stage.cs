using System.Diagnostics;
using System.Globalization;
using TaskerCore.Orleans.Chaos.Cluster;
using TaskerCore.Orleans.Chaos.LoadWorker;
using TaskerCore.Orleans.Chaos.Measuring;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>What a scenario plays on: a cluster under steady load, and the steps that many scenarios share.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="report">Where its figures go.</param>
/// <param name="isShort">Whether faults last seconds rather than as long as the issue asks.</param>
/// <param name="say">Progress.</param>
internal sealed class Stage(ChaosCluster cluster, ScenarioReport report, bool isShort, Action<string> say)
{
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AgreeLimit = TimeSpan.FromSeconds(60);

    public ChaosCluster Cluster => cluster;

    public ScenarioReport Report => report;

    public bool IsShort => isShort;

    public static long Now => Stopwatch.GetTimestamp();

    public void Say(string what) => say(what);

    /// <summary>Seconds: as asked for, or the short form's.</summary>
    public TimeSpan Lasting(double full, double @short) => TimeSpan.FromSeconds(isShort ? @short : full);

    /// <summary>Sees the circuit open on every worker after a fault, and measures it.</summary>
    /// <param name="since">When the fault was made.</param>
    /// <param name="failing">Whose failures decide; null: each worker decides for itself.</param>
    /// <param name="rejecting">Who must reject; null: all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Opening> SeeOpenAsync(
        long since, IReadOnlyList<LoadWorkerProcess>? failing, IReadOnlyList<LoadWorkerProcess>? rejecting, CancellationToken cancellationToken)
    {
        var opening = await Opening.SeeAsync(
            rejecting ?? cluster.Workers, failing, cluster.Plan.FailureThreshold, since, OpenLimit, cancellationToken);
        report.EveryWorkerRejectsAfter = opening.EveryWorkerRejectsAfter;
        Say($"every worker rejects: {opening.ByWorker} after the failure that decided");
        return opening;
    }

    /// <summary>Cuts a worker's way to pgmq, and sees the circuit open on every worker.</summary>
    public async Task<Opening> OpenByCuttingAsync(LoadWorkerProcess victim, CancellationToken cancellationToken)
    {
        Say($"cutting {victim.Name} off from pgmq");
        var since = Now;
        victim.Pgmq.Cut();
        return await SeeOpenAsync(since, [victim], rejecting: null, cancellationToken);
    }

    /// <summary>Counts what leaked since the circuit opened.</summary>
    public async Task CountLeaksAsync(Opening opening, CancellationToken cancellationToken)
    {
        report.LeakedCalls = (report.LeakedCalls ?? 0) + await opening.LeakedAsync(cancellationToken);
        Say($"{report.LeakedCalls} calls leaked");
    }

    /// <summary>Waits until every worker follows the generation that the authority has, and measures it from <paramref name="since"/>.</summary>
    public async Task AgreeAsync(long since, CancellationToken cancellationToken)
    {
        await UntilAllAsync(_ => true, "in agreement", since, cancellationToken);
        report.AllAgreeAfter = Stopwatch.GetElapsedTime(since);
        Say($"all agree {report.AllAgreeAfter.Value.TotalSeconds:0.00} s after the fault's end");
    }

    /// <summary>Waits until every worker is connected and closed, and calls succeed.</summary>
    public async Task HealthyAsync(CancellationToken cancellationToken)
    {
        var since = Now;
        var before = cluster.Workers.ToDictionary(worker => worker, worker => worker.Status?.Counts.Succeeded ?? 0);
        await UntilAllAsync(view => view.State == "closed", "closed", since, cancellationToken);
        await Task.WhenAll(cluster.Workers.Select(worker => worker.UntilAsync(
            status => status.Counts.Succeeded > before[worker], "succeeding", AgreeLimit, cancellationToken)));
        Say($"closed on every worker after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s more");
    }

    /// <summary>Waits until the breaker is as wanted at its authority.</summary>
    public async Task<AuthorityView> UntilAuthorityAsync(
        Func<AuthorityView, bool> wanted, string what, TimeSpan limit, CancellationToken cancellationToken)
    {
        AuthorityView? view = null;
        await Waiting.UntilAsync(
            async () => (view = await cluster.AskAsync(cancellationToken)) is { } answer && wanted(answer),
            () => $"the breaker is not {what}, but {view?.ToString() ?? "nobody answers for it"}",
            limit,
            cancellationToken: cancellationToken);
        return view!;
    }

    /// <summary>Waits until somebody answers for the breaker again, and measures it from <paramref name="since"/>.</summary>
    public async Task<TimeSpan> AnswersAgainAsync(long since, TimeSpan limit, CancellationToken cancellationToken)
    {
        var view = await UntilAuthorityAsync(_ => true, "answering again", limit, cancellationToken);
        Say($"the breaker answers again, at {view.Silo}, as {view.State}");
        return Stopwatch.GetElapsedTime(since);
    }

    /// <summary>Waits for what is left of a time that began at <paramref name="since"/>.</summary>
    public static Task RestOfAsync(TimeSpan time, long since, CancellationToken cancellationToken) =>
        time - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left ? Task.Delay(left, cancellationToken) : Task.CompletedTask;

    /// <summary>What the workers that live have counted.</summary>
    public LoadCounts SumOfCounts() => cluster.Workers.Aggregate(LoadCounts.Zero, (sum, worker) => sum + worker.Status!.Counts);

    /// <summary>Waits until each of some workers has some more calls that succeeded.</summary>
    public static async Task SucceedingAsync(IReadOnlyList<LoadWorkerProcess> workers, CancellationToken cancellationToken)
    {
        const int some = 100;
        var before = workers.Select(worker => worker.Status!.Counts.Succeeded).ToList();
        await Task.WhenAll(workers.Zip(before).Select(pair => pair.First.UntilAsync(
            status => status.Counts.Succeeded >= pair.Second + some, "succeeding", AgreeLimit, cancellationToken)));
    }

    /// <summary>Waits until every worker has a generation.</summary>
    public Task AllHaveAsync(string generation, CancellationToken cancellationToken) => Task.WhenAll(cluster.Workers.Select(worker =>
        worker.UntilAsync(status => status.Generation == generation, $"at generation {generation}", AgreeLimit, cancellationToken)));

    /// <summary>Checks that the breaker's history is one: where two activations went on by themselves, which may use one number twice, a merge
    /// is above both, and from then on each generation's number is above the one before (C9).</summary>
    public async Task CheckOneHistoryAsync(CancellationToken cancellationToken)
    {
        var history = await cluster.HistoryAsync(cancellationToken);
        var numbers = history.Select(entry => long.Parse(entry.Generation.Split('.')[0], CultureInfo.InvariantCulture)).ToList();
        var merged = Math.Max(0, history.ToList().FindLastIndex(entry => entry.Cause == "merged"));
        report.Check(
            numbers[..merged].All(number => number < numbers[merged])
                && numbers[merged..].Zip(numbers[(merged + 1)..]).All(pair => pair.First < pair.Second)
                && history.Select(entry => entry.Generation).Distinct().Count() == history.Count,
            $"the history is not one: {string.Join(", ", history)}");
    }

    /// <summary>What every worker tells of itself, for messages.</summary>
    public string Describe() => string.Join("; ", cluster.Workers.Select(worker =>
        worker.Status is { } status ? $"{worker.Name} {status.State} {status.Mode} {status.Generation}" : $"{worker.Name} silent"));

    private async Task UntilAllAsync(Func<AuthorityView, bool> wanted, string what, long since, CancellationToken cancellationToken)
    {
        AuthorityView? view = null;
        await Waiting.UntilAsync(
            async () => (view = await cluster.AskAsync(cancellationToken)) is { } answer
                && wanted(answer)
                && cluster.Workers.All(worker => worker.Status is { Mode: BreakerMode.Connected } status
                    && status.At > since
                    && status.Generation == answer.Generation
                    && status.State == StateOf(answer.State)),
            () => $"not all are {what}. The authority: {view?.ToString() ?? "silent"}. The workers: {Describe()}",
            AgreeLimit,
            cancellationToken: cancellationToken);
    }

    private static BreakerState StateOf(string name) => Enum.Parse<BreakerState>(name.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true);
}
