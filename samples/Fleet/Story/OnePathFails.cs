using System.Diagnostics;
using System.Globalization;
using TaskerCore.Orleans.Client;

namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>Act two: the path of one worker to the queue is cut, and the others' are whole. The failures of that worker open the circuit for all, once;
/// the others' probes close it, and then only the worker with the broken path is isolated, until its path is restored.</summary>
internal sealed class OnePathFails(Stage stage)
{
    /// <summary>Plays the act.</summary>
    /// <exception cref="StoryFailedException">Something was not as promised.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        stage.Narrator.Act("Act two: the path of one worker fails");
        var opened = await PathIsCutAsync(cancellationToken);
        await OnlyThatWorkerIsIsolatedAsync(opened, cancellationToken);
        await PathIsRestoredAsync(cancellationToken);
    }

    /// <summary>How often the one broken path opened the circuit for all.</summary>
    public int Openings { get; private set; }

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    private async Task<int> PathIsCutAsync(CancellationToken cancellationToken)
    {
        var victim = stage.Fleet.Workers[0];
        stage.Narrator.Step($"The path of {victim.Process.Name} to pgmq is cut; the paths of the others are whole");
        var failed = stage.Fleet.Workers.Select(worker => worker.Status!.Failed).ToList();
        var before = (await stage.HistoryAsync(cancellationToken)).Count;
        var cut = Stopwatch.GetTimestamp();
        victim.Path.Cut();
        await stage.OpensForAllAsync(cut, [victim], before, cancellationToken);
        foreach (var (healthy, then) in stage.Fleet.Workers.Zip(failed).Skip(1))
        {
            Stage.Check(healthy.Status!.Failed == then, $"{healthy.Process.Name} had failures of its own: {healthy.Status}");
        }

        stage.Narrator.Say("The others had no failure of their own. The first time, one worker's failures count for all.");
        return before;
    }

    private async Task OnlyThatWorkerIsIsolatedAsync(int before, CancellationToken cancellationToken)
    {
        var victim = stage.Fleet.Workers[0];
        stage.Narrator.Step($"The others' probes close the circuit; {victim.Process.Name} alone would open it again");
        await victim.UntilAsync(status => status.Mode == BreakerMode.Isolated, "isolated", Stage.Recovery, cancellationToken);
        var healthy = stage.Fleet.Workers.Skip(1).ToList();
        await Task.WhenAll(healthy.Select(worker => worker.UntilAsync(
            status => status is { State: BreakerState.Closed, Mode: BreakerMode.Connected }, "closed and connected", Stage.Soon, cancellationToken)));
        var then = healthy.Select(worker => worker.Status!).ToList();
        await Task.Delay(Watched, cancellationToken);
        foreach (var (worker, status) in healthy.Zip(then))
        {
            var now = worker.Status!;
            var sent = (now.Sent - status.Sent) / Watched.TotalSeconds;
            stage.Narrator.Say($"{worker.Process.Name}: {now.State.ToString().ToLowerInvariant()}, {sent.ToString("0", CultureInfo.InvariantCulture)} messages/s sent");
            Stage.Check(now.State == BreakerState.Closed && now.Rejected == status.Rejected && sent > 0, $"{worker.Process.Name} is held up by {victim.Process.Name}: {now}");
        }

        var isolated = (await stage.BreakerAsync(cancellationToken))["isolated_worker"]?.GetValue<string>();
        Stage.Check(isolated == victim.Process.Name, $"the breaker names {isolated ?? "nobody"} as isolated");
        var history = (await stage.HistoryAsync(cancellationToken)).Skip(before).ToList();
        Openings = history.Count(transition => transition["from"]!.GetValue<string>() == "closed" && transition["to"]!.GetValue<string>() == "open");
        stage.Narrator.Say($"History: {string.Join(", ", history.Select(transition => transition["cause"]!.GetValue<string>()))}");
        Stage.Check(Openings == 1, $"the circuit opened {Openings} times for all");
        Stage.Check(history.Any(transition => transition["cause"]!.GetValue<string>() == "probes_succeeded"), "the circuit was not closed by probes");
        stage.CountClosing();
        Stage.Check(victim.Status!.State is BreakerState.Open or BreakerState.HalfOpen, $"{victim.Process.Name} calls though its path is cut: {victim.Status}");
        stage.Narrator.Say($"{victim.Process.Name} is isolated: its own circuit rejects its calls, and the breaker is closed for the others.");
    }

    private async Task PathIsRestoredAsync(CancellationToken cancellationToken)
    {
        var victim = stage.Fleet.Workers[0];
        stage.Narrator.Step($"The path of {victim.Process.Name} is restored");
        var restored = Stopwatch.GetTimestamp();
        var sent = stage.Fleet.Workers.Select(worker => worker.Status!.Sent).ToList();
        victim.Path.Restore();
        await victim.UntilAsync(
            status => status is { State: BreakerState.Closed, Mode: BreakerMode.Connected }, "counting again", Stage.Recovery, cancellationToken);
        stage.Narrator.Say($"Its own probes have closed its own circuit; it counts again after {Stage.SecondsSince(restored)} s.");
        var last = (await stage.HistoryAsync(cancellationToken))[^1];
        Stage.Check(last["cause"]!.GetValue<string>() == "worker_recovered" && last["worker"]!.GetValue<string>() == victim.Process.Name, $"the history ends with {last}");
        await stage.SendsAgainAsync(sent, cancellationToken);
    }
}
