using Npgsql;

namespace TaskerCore.Orleans.Client.Pgmq;

/// <summary>The queue does not exist in this database: the caller's mistake, which counts neither way (S11). The message names the fix,
/// the inner exception is the server's answer.</summary>
public sealed class PgmqQueueNotFoundException : Exception
{
    internal PgmqQueueNotFoundException(string queue, PostgresException answer)
        : base($"The queue '{queue}' does not exist in this database. Create it first: CreateAsync(\"{queue}\").", answer) => Queue = queue;

    /// <summary>The queue that was named.</summary>
    public string Queue { get; }
}

/// <summary>The database has no pgmq, or an older one: the caller's mistake, which counts neither way (S11). The message names the fix,
/// the inner exception is the server's answer.</summary>
public sealed class PgmqNotInstalledException : Exception
{
    internal PgmqNotInstalledException(PostgresException answer)
        : base(
            $"This database has no pgmq, or one that is too old for this operation ({answer.MessageText}). Install or update it "
            + "(CREATE EXTENSION pgmq), or mend the connection string.",
            answer)
    {
    }
}
