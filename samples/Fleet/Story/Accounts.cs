using System.Diagnostics;
using Npgsql;
using TaskerCore.Orleans.Fleet.Running;
using TaskerCore.Orleans.PgmqWorker;

namespace TaskerCore.Orleans.Fleet.Story;

/// <summary>The end: every message that was sent has been read, and twice only where a call failed without an answer.</summary>
internal sealed class Accounts(Stage stage)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Messages that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Ends the producing, and accounts for each message.</summary>
    /// <exception cref="StoryFailedException">A message is lost, or there twice without a reason.</exception>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        stage.Narrator.Step("Every message is accounted for");
        await stage.All(async worker =>
        {
            await worker.Process.TellAsync("end-producing");
            return await worker.UntilAsync(status => status.ProducingHasEnded, "at the end of producing", Stage.Soon, cancellationToken);
        });
        await DrainAsync(cancellationToken);
        foreach (var worker in stage.Fleet.Workers)
        {
            await CheckAsync(worker.Process.Name, worker.Status!, cancellationToken);
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(Poll);
        var since = Stopwatch.GetTimestamp();
        while (await CountAsync($"SELECT count(*) FROM pgmq.q_{DemoFleet.Queue}", [], cancellationToken) > 0)
        {
            Stage.Check(Stopwatch.GetElapsedTime(since) < DrainLimit, $"the queue is not empty after {DrainLimit.TotalSeconds} s");
            await poll.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task CheckAsync(string worker, WorkerNews.Status status, CancellationToken cancellationToken)
    {
        const string ofWorker = $"FROM pgmq.a_{DemoFleet.Queue} WHERE message->>'worker' = $1";
        var archived = await CountAsync($"SELECT count(*) {ofWorker}", [worker], cancellationToken);
        var different = await CountAsync(
            $"SELECT count(DISTINCT message->>'number') {ofWorker} AND (message->>'number')::bigint <= $2", [worker, status.Sent], cancellationToken);
        var twice = archived - different;
        stage.Narrator.Say(
            $"{worker}: {status.Sent} messages sent, {different} of them read, {twice} of them twice; {status.Failed} calls failed without an answer, {status.Rejected} were rejected");
        Stage.Check(different == status.Sent, $"{worker}: {status.Sent} sent, but {different} of them read");
        Stage.Check(twice <= status.Failed, $"{worker}: more messages are there twice than calls failed");
        Sent += status.Sent;
    }

    private async Task<long> CountAsync(string sql, IReadOnlyList<object> values, CancellationToken cancellationToken)
    {
        await using var count = stage.Fleet.Pgmq.CreateCommand(sql);
        foreach (var value in values)
        {
            count.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }
}
