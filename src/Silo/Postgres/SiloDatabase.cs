using Npgsql;
using TaskerCore.Orleans.Grains.Storage;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>The cluster's Postgres as a silo uses it: connections, and the schema that every statement names. Safe to use from any number of threads.</summary>
/// <remarks>Nothing depends on the state of a session, such as its <c>search_path</c>, so that a transaction pooler may give each transaction another one.</remarks>
internal sealed class SiloDatabase(NpgsqlDataSource source, string schema) : IAsyncDisposable, IDisposable
{
    private const string Placeholder = "{schema}";
    private volatile string? _writeFault;

    /// <summary>The connections.</summary>
    public NpgsqlDataSource Source { get; } = source;

    /// <summary>The schema's name.</summary>
    public string Schema { get; } = schema;

    /// <summary>The schema's name as SQL writes it.</summary>
    public string QuotedSchema { get; } = new NpgsqlCommandBuilder().QuoteIdentifier(schema);

    /// <summary>Why the last write failed; null: it did not.</summary>
    public string? WriteFault => _writeFault;

    /// <summary>How many rows of grains may be read or written at once: at most half of the pool's connections, so that membership and
    /// migrations always find one.</summary>
    public int RowsAtOnce { get; } =
        Math.Clamp(new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize / 2, 1, BoundedGrainStorage.MostAtOnce);

    /// <summary>A statement with the schema's name for <c>{schema}</c>.</summary>
    public string Qualify(string sql) => sql.Replace(Placeholder, QuotedSchema, StringComparison.Ordinal);

    /// <summary>A write succeeded.</summary>
    public void Wrote() => _writeFault = null;

    /// <summary>A write failed.</summary>
    public void FailedToWrite(Exception exception)
    {
        _writeFault = PostgresGate.Reason(exception);
        if (exception is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction })
        {
            // These connections lead to a server that was demoted. New ones are made to what the host names lead to by now.
            Source.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Source.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
