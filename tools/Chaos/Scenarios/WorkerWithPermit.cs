using System.Diagnostics;
using TaskerCore.Orleans.Chaos.Cluster;
using TaskerCore.Orleans.LocalEnvironment;

namespace TaskerCore.Orleans.Chaos.Scenarios;

/// <summary>Half-open with one permit, and a worker whose probe hangs: what the scenarios about lost probes begin with.</summary>
internal abstract class WorkerWithPermit : Scenario
{
    private static readonly TimeSpan HalfOpenLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(150);

    /// <summary>How long a permit is good for.</summary>
    protected const double LeaseSeconds = 6;

    // A call may take longer than all of it: its probe ends by the lease, or not at all.
    public override ClusterPlan Plan(bool isShort) => new()
    {
        Probes = 1, SuccessThreshold = 1, TimeoutSeconds = 3, ProbeLeaseSeconds = LeaseSeconds, CallLimit = TimeSpan.FromSeconds(90),
    };

    /// <summary>Opens the circuit, has every way to pgmq hang, and finds the worker whose probe hangs.</summary>
    protected static async Task<LoadWorkerProcess> HangAsync(Stage stage, CancellationToken cancellationToken)
    {
        var workers = stage.Cluster.Workers;
        stage.Say("cutting every worker off from pgmq");
        var cut = Stage.Now;
        foreach (var worker in workers)
        {
            worker.Pgmq.Cut();
        }

        var opening = await stage.SeeOpenAsync(cut, workers, rejecting: null, cancellationToken);
        await stage.CountLeaksAsync(opening, cancellationToken);

        // A call that was let through before must not be the one that hangs.
        await Task.WhenAll(workers.Select(worker => worker.UntilAsync(
            status => status.Running == 0, "without a call that runs", HalfOpenLimit, cancellationToken)));
        foreach (var worker in workers)
        {
            worker.Pgmq.Stall();
        }

        LoadWorkerProcess? holder = null;
        await Waiting.UntilAsync(
            async () =>
            {
                // Calls that only ask for a permit are let go in between.
                var first = Running();
                await Task.Delay(Apart, cancellationToken);
                holder = first.Count == 1 && Running() is [var same] && same == first[0] ? same : null;
                return holder is not null && await stage.Cluster.AskAsync(cancellationToken) is { State: "half_open", ProbesOutstanding: 1 };
            },
            () => $"no worker alone has a probe that hangs; running: {string.Join(", ", workers.Select(worker => $"{worker.Name} {worker.Status!.Running}"))}; {stage.Describe()}",
            HalfOpenLimit,
            cancellationToken: cancellationToken);
        stage.Say($"{holder!.Name} has the permit, and its probe hangs");
        return holder;

        List<LoadWorkerProcess> Running() => [.. workers.Where(worker => worker.Status!.Running > 0)];
    }

    /// <summary>Waits until the lease has ended as a failed probe, and notes how long after <paramref name="since"/>.</summary>
    protected static async Task SeeProbeLostAsync(Stage stage, long since, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(LeaseSeconds + 10);
        IReadOnlyList<HistoryEntry> history = [];
        await Waiting.UntilAsync(
            async () => (history = await stage.Cluster.HistoryAsync(cancellationToken)).Any(entry => entry.Cause == "probe_lost"),
            () => $"the lease did not end as a lost probe; the history: {string.Join(", ", history)}",
            limit,
            cancellationToken: cancellationToken);
        stage.Report.Note($"the lost probe was noticed {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s later (lease {LeaseSeconds:0} s)");
    }
}

/// <summary>The worker with the permit is killed -9.</summary>
internal sealed class WorkerKilledWithPermit : WorkerWithPermit
{
    public override int Number => 7;

    public override string Name => "worker killed -9 that holds a probe permit";

    public override string? CountersMayBeLost => "the killed worker had not reported them";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var holder = await HangAsync(stage, cancellationToken);
        stage.Say($"killing {holder.Name}");
        var killed = Stage.Now;
        await stage.Cluster.KillAsync(holder);
        await SeeProbeLostAsync(stage, killed, cancellationToken);
        foreach (var worker in stage.Cluster.Workers)
        {
            worker.Pgmq.Restore();
        }

        await stage.AgreeAsync(Stage.Now, cancellationToken);
        await stage.HealthyAsync(cancellationToken);
    }
}

/// <summary>The worker with the permit is frozen for longer than its lease, and then tells how its probe ended.</summary>
internal sealed class WorkerFrozenWithPermit : WorkerWithPermit
{
    private static readonly TimeSpan ClosedLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LateLimit = TimeSpan.FromSeconds(20);

    public override int Number => 8;

    public override string Name => "worker frozen with a permit, its late result moves nothing";

    public override async Task PlayAsync(Stage stage, CancellationToken cancellationToken)
    {
        var holder = await HangAsync(stage, cancellationToken);
        stage.Say($"freezing {holder.Name}");
        var frozen = Stage.Now;
        holder.Process.Signal("STOP");
        await SeeProbeLostAsync(stage, frozen, cancellationToken);
        foreach (var worker in stage.Cluster.Workers.Where(worker => worker != holder))
        {
            worker.Pgmq.Restore();
        }

        await stage.UntilAuthorityAsync(view => view.State == "closed", "closed by the others", ClosedLimit, cancellationToken);
        await Stage.RestOfAsync(stage.Lasting(20, 8), frozen, cancellationToken);
        var before = await stage.UntilAuthorityAsync(view => view.State == "closed", "closed", ClosedLimit, cancellationToken);

        // Its probe fails when it goes on, and nothing else does: a result that would open the circuit if it were believed.
        holder.Pgmq.Cut();
        holder.Pgmq.Restore();
        stage.Say($"{holder.Name} goes on");
        var resumed = Stage.Now;
        holder.Process.Signal("CONT");
        var after = await stage.UntilAuthorityAsync(view => view.Late > before.Late, "told of the late result", LateLimit, cancellationToken);
        await stage.AgreeAsync(resumed, cancellationToken);
        stage.Report.Check(
            after.Generation == before.Generation && after.State == before.State,
            $"the late result moved the breaker from {before.State} {before.Generation} to {after.State} {after.Generation}");
        stage.Report.Note($"late outcomes {before.Late} -> {after.Late}, generation {after.Generation} before and after");
        await stage.HealthyAsync(cancellationToken);
    }
}
