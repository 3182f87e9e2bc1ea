using Npgsql;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>What Postgres answered when it was last asked.</summary>
/// <param name="At">When that was, as <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Fault">Why it did not answer; null: it did.</param>
internal sealed record PostgresAnswer(long At, string? Fault);

/// <summary>Asks Postgres every 5 s whether it is there, so that nobody who wants to know has to wait for it, nor loads it. Safe to read from any
/// number of threads.</summary>
internal sealed partial class PostgresWatch(NpgsqlDataSource source, TimeProvider time, ILogger<PostgresWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private volatile PostgresAnswer? _last;

    /// <summary>The last answer; null before the first.</summary>
    public PostgresAnswer? Last => _last;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var pace = new PeriodicTimer(Interval, time);
        do
        {
            var fault = await AskAsync(stoppingToken);
            if (fault is not null && _last is not { Fault: not null })
            {
                LogAway(fault);
            }
            else if (fault is null && _last is { Fault: not null })
            {
                LogThere();
            }

            _last = new PostgresAnswer(time.GetTimestamp(), fault);
        }
        while (await pace.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = source.CreateCommand("SELECT 1");
            await command.ExecuteNonQueryAsync(cancellationToken);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it is, it is told; a watch that ends would end the silo.
            return PostgresGate.Reason(exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Postgres is away: {Fault}")]
    private partial void LogAway(string fault);

    [LoggerMessage(2, LogLevel.Information, "Postgres answers again")]
    private partial void LogThere();
}
