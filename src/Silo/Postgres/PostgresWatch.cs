
namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>What Postgres answered when it was last asked.</summary>
/// <param name="At">When that was, as <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Reached">Whether it answered.</param>
/// <param name="Fault">Why nothing can be stored there: it did not answer, or takes no writes; null: it can.</param>
/// <param name="ClockAhead">How far its clock is ahead of this machine's, negative: behind; null: not known.</param>
internal sealed record PostgresAnswer(long At, bool Reached, string? Fault, TimeSpan? ClockAhead);

/// <summary>Asks Postgres every 5 s whether it is there and takes writes, and what time it has, so that nobody who wants to know has to wait for it, nor loads it. Safe to read from any
/// number of threads.</summary>
internal sealed partial class PostgresWatch(SiloDatabase database, TimeProvider time, ILogger<PostgresWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // More than any network's latency, and less than what delays anything.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(1);

    private volatile PostgresAnswer? _last;
    private bool _clockDiffers;

    /// <summary>The last answer; null before the first.</summary>
    public PostgresAnswer? Last => _last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Interval, time);
        do
        {
            var answer = await AskAsync(stoppingToken);
            if (answer.Fault is not null && answer.Fault != _last?.Fault)
            {
                LogFault(answer.Fault);
            }
            else if (answer.Fault is null && _last is { Fault: not null })
            {
                LogGood();
            }

            CompareClocks(answer.ClockAhead);
            _last = answer;
        }
        while (await pace.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<PostgresAnswer> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.Source.CreateCommand($"SELECT {PostgresServer.ReadOnlyReason}, clock_timestamp()");
            var (askedAt, asked) = (time.GetUtcNow(), time.GetTimestamp());
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var ownTime = askedAt + (time.GetElapsedTime(asked) / 2);
            var readOnly = await reader.IsDBNullAsync(0, cancellationToken) ? null : PostgresServer.NotWritable(reader.GetString(0));

            // What a question cannot find, such as a full disk, shows by the signs of life that each silo writes every second.
            return new(time.GetTimestamp(), true, readOnly ?? database.WriteFault, reader.GetFieldValue<DateTimeOffset>(1) - ownTime);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, it is reported; a watch that ends would end the silo.
            return new(time.GetTimestamp(), false, PostgresGate.Reason(exception), null);
        }
    }

    private void CompareClocks(TimeSpan? ahead)
    {
        if (ahead is not { } difference || difference.Duration() > ClockTolerance == _clockDiffers)
        {
            return;
        }

        _clockDiffers = !_clockDiffers;
        if (_clockDiffers)
        {
            LogClock(Math.Abs(difference.TotalSeconds), difference > TimeSpan.Zero ? "behind" : "ahead of");
        }
        else
        {
            LogClockGood();
        }
    }

    [LoggerMessage(EventIds.PostgresWatchFault, LogLevel.Warning, "Changes cannot be persisted: {Fault}")]
    private partial void LogFault(string fault);

    [LoggerMessage(EventIds.PostgresWatchGood, LogLevel.Information, "Postgres answers and accepts writes again")]
    private partial void LogGood();

    [LoggerMessage(EventIds.PostgresWatchClock, LogLevel.Warning,
        "This machine's clock is {Seconds:0.0} s {Direction} the clock of Postgres. Synchronize both with NTP: times in the history and the end of TTLs are wrong by this much")]
    private partial void LogClock(double seconds, string direction);

    [LoggerMessage(EventIds.PostgresWatchClockGood, LogLevel.Information, "This machine's clock agrees with the clock of Postgres again")]
    private partial void LogClockGood();
}
