using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using Spectre.Console;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Grains.Interfaces;
using TaskerCore.Orleans.LocalEnvironment;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet;

/// <summary>What was promised was not observed.</summary>
internal sealed class ScenarioFailedException(string message) : Exception(message);

/// <summary>One worker loses pgmq, the circuit opens for all, a silo dies, and everything comes back: each step is checked.</summary>
internal sealed class Scenario(DemoFleet fleet, IAnsiConsole console)
{
    private const string Component = "pgmq";
    private static readonly TimeSpan HealthyFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    private int _failureThreshold;
    private int _probeBudget;

    private static TimeSpan Between(long from, long to) => Stopwatch.GetElapsedTime(from, to);

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        await HealthyAsync(cancellationToken);
        var (_, breaker) = await fleet.RunningSilos[0].GetAsync($"/api/breakers/{Component}", cancellationToken);
        _failureThreshold = breaker["settings"]!["failure_threshold"]!.GetValue<int>();
        _probeBudget = breaker["settings"]!["half_open_max_probes"]!.GetValue<int>();
        Say($"settings: {_failureThreshold} failures open it for {breaker["settings"]!["timeout_seconds"]} s, {_probeBudget} probes at a time");
        var deciding = await OpenAsync(cancellationToken);
        await SurviveAsync(deciding, cancellationToken);
        await RecoverAsync(deciding, cancellationToken);
        await AccountAsync(cancellationToken);
        console.WriteLine();
        console.WriteLine("All of it was observed.");
    }

    private async Task HealthyAsync(CancellationToken cancellationToken)
    {
        Step("Healthy traffic");
        await All(worker => worker.UntilAsync(
            status => status is { State: BreakerState.Closed, Mode: BreakerMode.Connected, Consumed: > 0 }, "closed and connected", Soon, cancellationToken));
        var before = fleet.AllWorkers.Select(worker => worker.Status!).ToList();
        await Task.Delay(HealthyFor, cancellationToken);
        foreach (var (worker, then) in fleet.AllWorkers.Zip(before))
        {
            var now = worker.Status!;
            Say($"{worker.Process.Name}: closed, {Rate(now.Sent - then.Sent)} sent/s, {Rate(now.Consumed - then.Consumed)} consumed/s");
            Check(now is { State: BreakerState.Closed, Failed: 0, Rejected: 0 }, $"{worker.Process.Name} is not healthy: {now}");
        }

        static string Rate(long count) => (count / HealthyFor.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
    }

    private async Task<long> OpenAsync(CancellationToken cancellationToken)
    {
        var victim = fleet.AllWorkers[0];
        Step($"The path of {victim.Process.Name} to pgmq is cut; the others' are whole");
        victim.Path.Cut();
        var rejections = await All(worker => worker.UntilHeardAsync<WorkerNews.FirstRejection>(
            rejection => rejection.State == BreakerState.Open, "rejecting", Soon, cancellationToken));
        var failures = victim.Heard.OfType<WorkerNews.FailedCall>().OrderBy(failure => failure.At).ToList();
        Check(failures.Count >= _failureThreshold, $"{victim.Process.Name} told of {failures.Count} failures only");
        var deciding = failures[_failureThreshold - 1].At;
        Say($"its failure {_failureThreshold} decided: {failures[_failureThreshold - 1].Error}");
        foreach (var (worker, rejection) in fleet.AllWorkers.Zip(rejections))
        {
            var told = await worker.UntilHeardAsync<WorkerNews.SawTransition>(seen => seen.To == BreakerState.Open, "told of the opening", Soon, cancellationToken);
            var calls = await worker.CallsSinceAsync(deciding, Soon, cancellationToken);
            Say($"{worker.Process.Name}: told after {Milliseconds(Between(deciding, told.At))} ms, first rejection after {Milliseconds(Between(deciding, rejection.At))} ms; calls that still reached pgmq: {calls.Begins.Count}");
        }

        foreach (var healthy in fleet.AllWorkers.Skip(1))
        {
            Check(healthy.Status!.Failed == 0, $"{healthy.Process.Name} had failures of its own: {healthy.Status}");
        }

        var transitions = await HistoryAsync(cancellationToken);
        var opened = transitions.FirstOrDefault(transition => transition["to"]!.GetValue<string>() == "open");
        Check(opened is not null, "the history shows no opening");
        Check(opened!["worker"]!.GetValue<string>() == victim.Process.Name, $"the history names {opened["worker"]}");
        Say($"history: {opened["from"]} -> {opened["to"]} by {opened["cause"]}, worker {opened["worker"]}");
        return deciding;
    }

    private async Task SurviveAsync(long deciding, CancellationToken cancellationToken)
    {
        var (_, breaker) = await fleet.RunningSilos[0].GetAsync($"/api/breakers/{Component}", cancellationToken);
        Check(breaker["stored"]!.GetValue<bool>(), "the open state is not stored yet");
        var holder = fleet.RunningSilos.Single(silo => breaker["silo"]!.GetValue<string>() == $"127.0.0.1:{silo.SiloPort}");
        Step($"{holder.Process.Name}, which holds the breaker, is killed with -9");
        var callsBefore = await CallsAsync(deciding, cancellationToken);
        var killed = Stopwatch.GetTimestamp();
        await holder.Process.KillAsync();
        var survivor = fleet.RunningSilos[0];
        await survivor.UntilAsync(
            async () =>
            {
                (var status, breaker) = await survivor.GetAsync($"/api/breakers/{Component}", cancellationToken);
                return status == HttpStatusCode.OK && breaker["silo"]?.GetValue<string>() == $"127.0.0.1:{survivor.SiloPort}";
            },
            "holding the breaker",
            Soon,
            cancellationToken);
        var answered = Stopwatch.GetTimestamp();
        Check(breaker["state"]!.GetValue<string>() == "open", $"{survivor.Process.Name} says that the circuit is {breaker["state"]}");
        Say($"{survivor.Process.Name} has taken over from Postgres after {Milliseconds(Between(killed, answered))} ms: open");
        await All(worker => worker.UntilAsync(
            status => status is { State: BreakerState.Open, Mode: BreakerMode.Connected }, "open and connected to the silo that is left", Soon, cancellationToken));
        var tried = await All(worker => worker.TryCallAsync(Soon, cancellationToken));
        Check(tried.All(end => end == CallEnd.Rejected), $"a call more at each worker: {string.Join(", ", tried)}");
        var callsAfter = await CallsAsync(deciding, cancellationToken);
        Check(callsAfter == callsBefore, $"{callsAfter - callsBefore} calls reached pgmq while the circuit was open");
        Say("a call more at each worker is rejected; not one reached pgmq meanwhile");
    }

    private async Task RecoverAsync(long deciding, CancellationToken cancellationToken)
    {
        var victim = fleet.AllWorkers[0];
        Step($"The path of {victim.Process.Name} is restored");
        var before = (await All(worker => worker.CallsSinceAsync(deciding, Soon, cancellationToken))).Sum(calls => calls.Begins.Count);
        var restored = Stopwatch.GetTimestamp();
        victim.Path.Restore();
        await All(worker => worker.UntilAsync(status => status.State == BreakerState.Closed, "closed again", Recovery, cancellationToken));
        var sent = fleet.AllWorkers.Select(worker => worker.Status!.Sent).ToList();
        Say($"closed for all after {Between(restored, Stopwatch.GetTimestamp()).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
        var causes = (await HistoryAsync(cancellationToken)).Select(transition => transition["cause"]!.GetValue<string>()).ToList();
        Say($"history: {string.Join(", ", causes)}");
        Check(causes.Contains("timeout_elapsed") && causes[^1] == "probes_succeeded", "the circuit was not closed by probes");

        var calls = (await All(worker => worker.CallsSinceAsync(deciding, Soon, cancellationToken)))
            .SelectMany(answer => answer.Begins.Zip(answer.Ends)).OrderBy(call => call.First).Skip(before).ToList();
        var decided = calls.Select(call => call.Second).Order().ElementAt(_probeBudget - 1);
        var probes = calls.Where(call => call.First < decided).ToList();
        var most = probes.Max(probe => probes.Count(other => other.First <= probe.First && other.Second > probe.First));
        Say($"{probes.Count} probes across the cluster, at most {most} at a time");
        Check(most <= _probeBudget, $"{most} probes at a time, {_probeBudget} are allowed");
        foreach (var (worker, then) in fleet.AllWorkers.Zip(sent))
        {
            await worker.UntilAsync(status => status.Sent > then + 50, "sending again", Soon, cancellationToken);
        }
    }

    private async Task AccountAsync(CancellationToken cancellationToken)
    {
        Step("Every message is accounted for");
        await All(async worker =>
        {
            await worker.Process.TellAsync("end-producing");
            return await worker.UntilAsync(status => status.ProducingHasEnded, "at the end of producing", Soon, cancellationToken);
        });
        var drain = TimeSpan.FromSeconds(30);
        using (var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50)))
        {
            var until = Stopwatch.GetTimestamp();
            while (await CountAsync($"SELECT count(*) FROM pgmq.q_{DemoFleet.Queue}", null, cancellationToken) > 0)
            {
                Check(Stopwatch.GetElapsedTime(until) < drain, $"the queue is not empty after {drain.TotalSeconds} s");
                await poll.WaitForNextTickAsync(cancellationToken);
            }
        }

        foreach (var worker in fleet.AllWorkers)
        {
            var status = worker.Status!;
            var archived = await CountAsync(
                $"SELECT count(*) FROM pgmq.a_{DemoFleet.Queue} WHERE message->>'worker' = $1", worker.Process.Name, cancellationToken);
            var different = await CountAsync(
                $"SELECT count(DISTINCT message->>'number') FROM pgmq.a_{DemoFleet.Queue} WHERE message->>'worker' = $1 AND (message->>'number')::bigint <= {status.Sent}",
                worker.Process.Name,
                cancellationToken);
            Say($"{worker.Process.Name}: {status.Sent} sent, {different} archived, {archived - different} more ({status.Failed} calls failed without an answer), {status.Rejected} rejections");
            Check(different == status.Sent, $"{worker.Process.Name}: {status.Sent} sent, but {different} of them archived");
            Check(archived - different <= status.Failed, $"{worker.Process.Name}: more messages are there twice than calls failed");
        }
    }

    private async Task<int> CallsAsync(long since, CancellationToken cancellationToken) =>
        (await All(worker => worker.CallsSinceAsync(since, Soon, cancellationToken))).Sum(calls => calls.Begins.Count);

    private async Task<List<JsonNode>> HistoryAsync(CancellationToken cancellationToken)
    {
        var (status, body) = await fleet.RunningSilos[0].GetAsync($"/api/breakers/{Component}/history", cancellationToken);
        Check(status == HttpStatusCode.OK, $"the history answers {status}");
        return [.. body["transitions"]!.AsArray().Select(transition => transition!)];
    }

    private async Task<long> CountAsync(string sql, string? worker, CancellationToken cancellationToken)
    {
        await using var count = fleet.Pgmq.CreateCommand(sql);
        if (worker is not null)
        {
            count.Parameters.Add(new NpgsqlParameter { Value = worker });
        }

        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private Task<T[]> All<T>(Func<WorkerProcess, Task<T>> ask) => Task.WhenAll(fleet.AllWorkers.Select(ask));

    private void Step(string what)
    {
        console.WriteLine();
        console.WriteLine($"== {what}");
    }

    private void Say(string what) => console.WriteLine($"   {what}");

    private static string Milliseconds(TimeSpan span) => span.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ScenarioFailedException(otherwise);
        }
    }
}
