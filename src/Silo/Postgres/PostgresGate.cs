using System.Net.Sockets;
using Npgsql;
using TaskerCore.Orleans.Grains.Interfaces.Time;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>Holds a silo back until Postgres is there and has our schema. What an operator can mend is waited for, and said; what only
/// another silo can mend (a newer schema) ends the silo.</summary>
internal sealed partial class PostgresGate(
    SchemaMigrator migrator, SnapshotKeyStore keys, TimeProvider time, Action<string> waitingFor, ILogger<PostgresGate> logger)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(10);

    /// <summary>Completes when the schema is there; gives the cluster's snapshot key.</summary>
    /// <exception cref="SchemaTooNewException">The database is ahead of this silo.</exception>
    public async Task<byte[]> PassAsync(CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        var startedAt = time.GetTimestamp();
        TimeSpan? saidAt = null;
        while (true)
        {
            try
            {
                await migrator.MigrateAsync(cancellationToken);
                var key = await keys.GetAsync(cancellationToken);
                if (saidAt is not null)
                {
                    LogThere(time.GetElapsedTime(startedAt).TotalSeconds);
                }

                return key;
            }
            catch (Exception exception) when (IsOfPostgres(exception))
            {
                var reason = Reason(exception);
                waitingFor("waiting for Postgres: " + reason);
                var elapsed = time.GetElapsedTime(startedAt);
                if (saidAt is null || elapsed - saidAt >= SayAgain)
                {
                    saidAt = elapsed;
                    LogWaiting(reason);
                }
            }

            await Task.Delay(wait, time, cancellationToken);
            wait = Durations.NextPause(wait, FirstWait, LastWait);
        }
    }

    /// <summary>What an operator reads of an error of Postgres that an exception is, or wraps; null: it is of another kind.</summary>
    public static string? FaultIn(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is NpgsqlException)
            {
                return Reason(cause);
            }
        }

        return null;
    }

    private static bool IsOfPostgres(Exception exception) => exception is PostgresUnusableException or NpgsqlException or SocketException or TimeoutException or IOException;

    /// <summary>What an operator is told of an error of Postgres: what to mend, and nothing secret.</summary>
    internal static string Reason(Exception exception) => exception switch
    {
        PostgresUnusableException unusable => unusable.Message,
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => PostgresServer.NotWritable("it is read-only"),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full => $"Postgres has no space left ({full.MessageText}); free disk space",
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            $"Postgres refuses the user or password; correct {SettingKeys.Postgres}",
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
            $"the database does not exist; create it, or correct {SettingKeys.Postgres}",
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied =>
            $"the role lacks a privilege ({denied.MessageText}): it needs USAGE on the silos' schema, and SELECT, INSERT, UPDATE, DELETE on its tables",
        PostgresException postgres => $"Postgres returned {postgres.SqlState}: {postgres.MessageText}",
        NpgsqlException { InnerException: AggregateException all } => $"no host in {SettingKeys.Postgres} is usable ({Causes(all)})",
        NpgsqlException { InnerException: SocketException socket } => $"Postgres cannot be reached ({socket.SocketErrorCode})",
        _ => $"Postgres does not answer ({exception.GetType().Name})",
    };

    private static string Causes(AggregateException all) =>
        string.Join("; ", all.InnerExceptions.Select(each => each is NpgsqlException ? Reason(each) : each.GetType().Name).Distinct());

    [LoggerMessage(EventIds.PostgresGateWaiting, LogLevel.Warning, "Waiting for Postgres before joining the cluster: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(EventIds.PostgresGateThere, LogLevel.Information, "Postgres is available after {Seconds:0.0} s")]
    private partial void LogThere(double seconds);
}
