using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>Which errors speak of pgmq, and which of its caller (S11).</summary>
public static class PgmqErrors
{
    /// <summary>The classifier that <see cref="ProtectedPgmqClient"/> uses.</summary>
    public static OutcomeClassifier Classifier { get; } = OutcomeClassifier.Default.OnException(Classify);

    /// <summary>Whether a queue that was named does not exist: its table is not there, or pgmq says so itself.</summary>
    public static bool IsMissingQueue(Exception exception) =>
        exception is PgmqQueueNotFoundException or PostgresException { SqlState: PostgresErrorCodes.UndefinedTable }
        || (exception is PostgresException { SqlState: PostgresErrorCodes.RaiseException } raised
            && raised.MessageText.StartsWith("Queue ", StringComparison.Ordinal)
            && raised.MessageText.Contains("does not exist", StringComparison.Ordinal));

    /// <summary>Whether the database has no pgmq, or an older one that lacks the operation.</summary>
    internal static bool IsMissingPgmq(PostgresException answer) =>
        answer.SqlState is PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedFunction
        && answer.MessageText.Contains("pgmq", StringComparison.Ordinal);

    /// <summary>How an exception of a pgmq operation counts.</summary>
    /// <remarks>An error that the server sends is judged by its SQLSTATE: no connection (08), no resources (53), shutting down
    /// (57P01–57P03), an error of its system (58) or of itself (XX), a statement that took too long (57014 without the caller's
    /// cancellation), a lost conflict (40), a read-only server after a failover (25006), and whatever is not known are failures of
    /// the service. Bad data (22), a violated constraint (23), a missing queue or bad statement (42), an unsupported feature
    /// (0A), refused credentials (28), a database that is not there (3D), a schema that is not (3F), a limit of the caller's own (54), a
    /// state that the caller caused (25, 55) and what pgmq itself raises on bad arguments (P0) are the caller's. Everything else that is not an
    /// answer of the server (no connection, reset, timeout, an exhausted pool) is a failure.</remarks>
    public static OutcomeKind Classify(Exception exception) => exception switch
    {
        PgmqQueueNotFoundException or PgmqNotInstalledException => OutcomeKind.Ignored,
        PostgresException answer => IsCallersMistake(answer.SqlState) ? OutcomeKind.Ignored : OutcomeKind.Failure,
        NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException => OutcomeKind.Failure,
        OperationCanceledException => OutcomeKind.Failure,
        ArgumentException or InvalidOperationException or InvalidCastException or NotSupportedException => OutcomeKind.Ignored,
        _ => OutcomeKind.Failure,
    };

    internal static bool IsLostConflict(PostgresException answer) =>
        answer.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    private static bool IsCallersMistake(string sqlState) =>
        sqlState is not PostgresErrorCodes.ReadOnlySqlTransaction
        && sqlState[..2] is "22" or "23" or "42" or "0A" or "28" or "3D" or "3F" or "25" or "54" or "55" or "P0";
}
