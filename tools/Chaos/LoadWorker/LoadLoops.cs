using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Npgsql;
using TaskerCore.Orleans.Client;
using TaskerCore.Orleans.Client.Pgmq;

namespace TaskerCore.Orleans.Chaos.LoadWorker;

/// <summary>A numbered message.</summary>
internal sealed record LoadMessage(string Worker, int Producer, long Number);

/// <summary>What the worker's loops have done, and whether they are to end.</summary>
internal sealed class LoadProgress
{
    private readonly long[] _acknowledged;
    private long _unanswered;
    private int _running;

    public LoadProgress(LoadSettings settings) => _acknowledged = new long[settings.Producers];

    /// <summary>No message more is begun.</summary>
    public bool ProducingEnds { get; set; }

    /// <summary>No message is under way any more.</summary>
    public bool ProducingHasEnded { get; set; }

    /// <summary>No call more is made.</summary>
    public bool AllEnds { get; set; }

    public bool IsQuiet => AllEnds && Volatile.Read(ref _running) == 0;

    public IReadOnlyList<long> Acknowledged => [.. _acknowledged];

    public long Unanswered => Interlocked.Read(ref _unanswered);

    public long NextNumber(int producer) => Volatile.Read(ref _acknowledged[producer]) + 1;

    public void Acknowledge(int producer) => Interlocked.Increment(ref _acknowledged[producer]);

    public void NoteUnanswered() => Interlocked.Increment(ref _unanswered);

    /// <summary>Makes calls at a steady pace, whatever they come to, until the end is asked for.</summary>
    public async Task PaceAsync(double perSecond, Func<bool> ends, Func<Task> call, CancellationToken cancellationToken)
    {
        const double mostOwedSeconds = 0.25;
        Interlocked.Increment(ref _running);
        var begin = Stopwatch.GetTimestamp();
        var made = 0.0;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!ends() && await pace.WaitForNextTickAsync(cancellationToken))
        {
            // What a call that hung has held up is made good in part only: a burst after it would be no steady load.
            var due = Stopwatch.GetElapsedTime(begin).TotalSeconds * perSecond;
            for (made = Math.Max(made, due - (perSecond * mostOwedSeconds)); made < due && !ends(); made++)
            {
                await call();
            }
        }

        Interlocked.Decrement(ref _running);
    }
}

/// <summary>Sends numbered messages from several producers. A message that was not acknowledged is sent again under its number.</summary>
internal sealed class SendingLoop(ProtectedPgmqClient pgmq, LoadSettings settings, LoadProgress progress, CallJournal journal) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(Enumerable.Range(0, settings.Producers).Select(producer => progress.PaceAsync(
            settings.SendsPerSecond / settings.Producers, () => progress.ProducingEnds, () => SendAsync(producer, stoppingToken), stoppingToken)));
        progress.ProducingHasEnded = true;
    }

    private async Task SendAsync(int producer, CancellationToken cancellationToken)
    {
        var message = new LoadMessage(settings.Worker, producer, progress.NextNumber(producer));
        switch (await journal.WatchAsync(() => pgmq.SendAsync(LoadSettings.Queue, message, cancellationToken: cancellationToken)))
        {
            case true:
                progress.Acknowledge(producer);
                break;
            case false:
                progress.NoteUnanswered();
                break;
        }
    }
}

/// <summary>Reads messages and archives them, in batches.</summary>
internal sealed class ArchivingLoop(ProtectedPgmqClient pgmq, LoadProgress progress, CallJournal journal) : BackgroundService
{
    private const int BatchSize = 200;
    private const double ReadsPerSecond = 20;
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        progress.PaceAsync(ReadsPerSecond, () => progress.AllEnds, () => ArchiveSomeAsync(stoppingToken), stoppingToken);

    private async Task ArchiveSomeAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<PgmqMessage> messages = [];
        await journal.WatchAsync(async () =>
            messages = await pgmq.ReadAsync(LoadSettings.Queue, Visibility, BatchSize, cancellationToken: cancellationToken));
        if (messages.Count > 0)
        {
            // One that could not be archived is read again when its time is over.
            await journal.WatchAsync(() => pgmq.ArchiveAsync(LoadSettings.Queue, messages.Select(message => message.MsgId), cancellationToken));
        }
    }
}

/// <summary>Asks the database for as good as nothing, under the same breaker: most of a load is small calls.</summary>
internal sealed class AskingLoop(
    ProtectedPgmqClient pgmq, NpgsqlDataSource database, LoadSettings settings, LoadProgress progress, CallJournal journal) : BackgroundService
{
    public const int Askers = 3;

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var breaker = pgmq.BreakerOf(LoadSettings.Queue);
        return Task.WhenAll(Enumerable.Range(0, Askers).Select(_ => progress.PaceAsync(
            settings.AsksPerSecond / Askers,
            () => progress.ProducingEnds,
            () => journal.WatchAsync(() => breaker.ExecuteAsync(AskAsync, stoppingToken).AsTask()),
            stoppingToken)));
    }

    private async ValueTask AskAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }
}

/// <summary>What a component answers that fails every call: told by result, because a storm of exceptions measures exceptions.</summary>
internal enum StormAnswer
{
    Broken = 0,
}

/// <summary>Calls a component that fails every call, without going anywhere.</summary>
internal sealed class FailingLoop(ICircuitBreakerManager breakers, LoadSettings settings, LoadProgress progress, CallJournal journal) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var breaker = breakers.Get(settings.Component);
        return Task.WhenAll(Enumerable.Range(0, settings.Producers).Select(_ => progress.PaceAsync(
            settings.CallsPerSecond / settings.Producers,
            () => progress.ProducingEnds,
            () => journal.WatchAsync(breaker.TryExecuteAsync(static _ => ValueTask.FromResult(StormAnswer.Broken), stoppingToken)),
            stoppingToken)));
    }
}
