using System.Diagnostics;
using System.Globalization;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Fleet.Running;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>Act one: the queue itself is down. The circuit opens for all at once, survives the silo that holds it, and closes by a few probes. Then every
/// silo is killed, and the workers go on alone until silos are back.</summary>
internal sealed class QueueFails(Stage stage)
{
    private static readonly TimeSpan HealthyFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    /// <summary>How long the workers were without a silo.</summary>
    public TimeSpan Alone { get; private set; }

    /// <summary>Plays the act.</summary>
    /// <exception cref="StoryFailedException">Something was not as promised.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        stage.Narrator.Act("Act one: the queue itself fails");
        await HealthyAsync(cancellationToken);
        var deciding = await QueueStopsAsync(cancellationToken);
        await SiloDiesAsync(deciding, cancellationToken);
        await QueueReturnsAsync(cancellationToken);
        await AllSilosDieAsync(cancellationToken);
    }

    private async Task HealthyAsync(CancellationToken cancellationToken)
    {
        stage.Narrator.Step("Healthy traffic");
        await stage.AllUntilAsync(
            status => status is { State: BreakerState.Closed, Mode: BreakerMode.Connected, Consumed: > 0 }, "closed and connected", Stage.Soon, cancellationToken);
        var before = stage.Fleet.Workers.Select(worker => worker.Status!).ToList();
        await Task.Delay(HealthyFor, cancellationToken);
        foreach (var (worker, then) in stage.Fleet.Workers.Zip(before))
        {
            var now = worker.Status!;
            stage.Narrator.Say($"{worker.Process.Name}: closed, {Rate(now.Sent - then.Sent)} messages/s sent, {Rate(now.Consumed - then.Consumed)}/s read");
            Stage.Check(now is { State: BreakerState.Closed, Failed: 0, Rejected: 0 }, $"{worker.Process.Name} is not healthy: {now}");
        }

        await stage.ReadSettingsAsync(cancellationToken);

        static string Rate(long count) => (count / HealthyFor.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
    }

    private async Task<long> QueueStopsAsync(CancellationToken cancellationToken)
    {
        stage.Narrator.Step("pgmq's Postgres stops: the calls of every worker fail");
        var before = (await stage.HistoryAsync(cancellationToken)).Count;
        var stopped = Stopwatch.GetTimestamp();
        await stage.Fleet.StopQueueAsync(cancellationToken);
        return await stage.OpensForAllAsync(stopped, stage.Fleet.Workers, before, cancellationToken);
    }

    private async Task SiloDiesAsync(long deciding, CancellationToken cancellationToken)
    {
        await stage.Fleet.RunningSilos[0].Silo.UntilAsync(
            async () => (await stage.BreakerAsync(cancellationToken))["stored"]!.GetValue<bool>(), "storing the open state", Stage.Soon, cancellationToken);
        var holder = (await stage.BreakerAsync(cancellationToken))["silo"]!.GetValue<string>();
        var victim = stage.Fleet.RunningSilos.Single(silo => silo.Address == holder);
        stage.Narrator.Step($"{victim.Name}, which holds the breaker, is killed with -9");
        var callsBefore = await stage.CallsSinceAsync(deciding, cancellationToken);
        var historyBefore = (await stage.HistoryAsync(cancellationToken)).Count;
        var killed = Stopwatch.GetTimestamp();
        await victim.KillAsync();
        var survivor = stage.Fleet.RunningSilos[0];
        await survivor.Silo.UntilAsync(() => HoldsAsync(survivor, cancellationToken), "holding the breaker", Stage.Soon, cancellationToken);
        var state = (await stage.BreakerAsync(cancellationToken))["state"]!.GetValue<string>();
        Stage.Check(state is "open" or "half_open", $"{survivor.Name} reports that the circuit is {state}");
        stage.Narrator.Say($"{survivor.Name} has taken over from Postgres after {Stage.Milliseconds(killed, Stopwatch.GetTimestamp())} ms: {state}");
        await stage.UntilOpenForLongAsync(cancellationToken);
        await stage.AllUntilAsync(
            status => status is { State: BreakerState.Open, Mode: BreakerMode.Connected }, "open and connected to the silo that is left", Stage.Soon, cancellationToken);
        var tried = await stage.All(worker => worker.TryCallAsync(Stage.Soon, cancellationToken));
        Stage.Check(tried.All(end => end == CallEnd.Rejected), $"one more call at each worker: {string.Join(", ", tried)}");

        // On a slow machine the circuit has probed meanwhile: those calls, and no others, may have been made.
        var made = await stage.CallsSinceAsync(deciding, cancellationToken) - callsBefore;
        var probing = (await stage.HistoryAsync(cancellationToken)).Skip(historyBefore).Count(transition => transition["to"]!.GetValue<string>() == "half_open");
        Stage.Check(made <= probing * stage.ProbeBudget, $"{made} calls were made while the circuit was open");
        stage.Narrator.Say($"One more call at each worker is rejected. Calls that went to pgmq since the kill: {made}{(made > 0 ? ", all of them probes" : string.Empty)}");
    }

    private async Task QueueReturnsAsync(CancellationToken cancellationToken)
    {
        stage.Narrator.Step("pgmq's Postgres is back");
        await stage.UntilOpenForLongAsync(cancellationToken);
        var before = (await stage.HistoryAsync(cancellationToken)).Count;
        await stage.Fleet.StartQueueAsync(cancellationToken);
        await stage.ClosesByProbesAsync(Stopwatch.GetTimestamp(), before, cancellationToken);
    }

    private async Task AllSilosDieAsync(CancellationToken cancellationToken)
    {
        var last = stage.Fleet.RunningSilos.Single();
        stage.Narrator.Step($"{last.Name}, the last silo, is killed too: the workers are alone");
        var killed = Stopwatch.GetTimestamp();
        await last.KillAsync();
        await stage.AllUntilAsync(status => status is { Mode: BreakerMode.Local, State: BreakerState.Closed }, "deciding alone", Stage.Soon, cancellationToken);
        stage.Narrator.Say($"Each worker decides for itself after {Stage.SecondsSince(killed)} s, and its traffic goes on.");
        await stage.SendsAgainAsync([.. stage.Fleet.Workers.Select(worker => worker.Status!.Sent)], cancellationToken);
        var failed = stage.Fleet.Workers.Select(worker => worker.Status!.Failed).ToList();
        await stage.Fleet.StopQueueAsync(cancellationToken);
        await stage.AllUntilAsync(status => status is { Mode: BreakerMode.Local, State: BreakerState.Open }, "open by its own rules", Stage.Soon, cancellationToken);
        var counts = stage.Fleet.Workers.Zip(failed).Select(pair => pair.First.Status!.Failed - pair.Second).ToList();
        Stage.Check(counts.All(count => count >= stage.FailureThreshold), $"a worker opened its circuit after {counts.Min()} failures");
        stage.Narrator.Say($"pgmq's Postgres stops once more: each opens its own circuit, after {string.Join(", ", counts)} failures of its own.");
        await stage.Fleet.StartQueueAsync(cancellationToken);

        var started = Stopwatch.GetTimestamp();
        stage.Narrator.Step("pgmq's Postgres and both silos are started again");
        await Task.WhenAll(stage.Fleet.Silos.Select(silo => silo.StartAgainAsync(cancellationToken)));
        stage.Narrator.Say($"The silos serve after {Stage.SecondsSince(started)} s.");
        await stage.AllUntilAsync(status => status is { Mode: BreakerMode.Connected, State: BreakerState.Closed }, "in the cluster, and closed", Start, cancellationToken);
        Alone = Stopwatch.GetElapsedTime(killed);
        stage.Narrator.Say($"Every worker is in the cluster again after {Stage.SecondsSince(started)} s, and its circuit is closed.");
        await stage.SendsAgainAsync([.. stage.Fleet.Workers.Select(worker => worker.Status!.Sent)], cancellationToken);
    }

    private static async Task<bool> HoldsAsync(SiloSeat silo, CancellationToken cancellationToken)
    {
        var (status, body) = await silo.Silo.GetAsync($"/api/breakers/{DemoFleet.Component}", cancellationToken);
        return status == System.Net.HttpStatusCode.OK && body["silo"]?.GetValue<string>() == silo.Address;
    }
}
