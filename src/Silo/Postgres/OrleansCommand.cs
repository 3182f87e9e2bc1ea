using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>A command of Orleans' providers. Where it would read the statements from the database, it reads <see cref="OrleansStatements"/>; to a statement
/// that wants it, it gives the silo's time; and whether a write succeeded is kept in <see cref="SiloDatabase.WriteFault"/>.</summary>
internal sealed class OrleansCommand(DbCommand inner, SiloDatabase database, TimeProvider time) : DbCommand
{
    // The providers' own texts begin like this, with and without a WHERE for some of the keys.
    private const string Loader = "SELECT QueryKey, QueryText FROM OrleansQuery";
    private const string Statements = "SELECT * FROM unnest(@Keys, @Texts) AS statements (querykey, querytext)";

    [AllowNull]
    public override string CommandText
    {
        get => inner.CommandText;
        set => inner.CommandText = value;
    }

    public override int CommandTimeout
    {
        get => inner.CommandTimeout;
        set => inner.CommandTimeout = value;
    }

    public override CommandType CommandType
    {
        get => inner.CommandType;
        set => inner.CommandType = value;
    }

    public override bool DesignTimeVisible
    {
        get => inner.DesignTimeVisible;
        set => inner.DesignTimeVisible = value;
    }

    public override UpdateRowSource UpdatedRowSource
    {
        get => inner.UpdatedRowSource;
        set => inner.UpdatedRowSource = value;
    }

    protected override DbConnection? DbConnection
    {
        get => inner.Connection;
        set => inner.Connection = value;
    }

    protected override DbParameterCollection DbParameterCollection => inner.Parameters;

    protected override DbTransaction? DbTransaction
    {
        get => inner.Transaction;
        set => inner.Transaction = value;
    }

    public override void Cancel() => inner.Cancel();

    public override int ExecuteNonQuery() => throw Synchronous();

    public override object? ExecuteScalar() => throw Synchronous();

    // With "@" for the parameters a statement cannot be prepared under a name that a transaction pooler knows.
    public override void Prepare()
    {
        // Nothing to do: an unnamed statement is as good.
    }

    protected override DbParameter CreateDbParameter() => inner.CreateParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw Synchronous();

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        Complete();
        var writes = OrleansStatements.Writes(inner.CommandText);
        try
        {
            var reader = await inner.ExecuteReaderAsync(behavior, cancellationToken);
            if (writes)
            {
                database.Wrote();
            }

            return reader;
        }
        catch (DbException exception) when (writes)
        {
            database.FailedToWrite(exception);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private static NotSupportedException Synchronous() => new("Orleans' providers execute asynchronously.");

    private void Complete()
    {
        if (inner.CommandText.StartsWith(Loader, StringComparison.OrdinalIgnoreCase))
        {
            inner.CommandText = Statements;
            inner.Parameters.Add(new NpgsqlParameter("Keys", OrleansStatements.All.Keys.ToArray()));
            inner.Parameters.Add(new NpgsqlParameter("Texts", OrleansStatements.All.Values.Select(database.Qualify).ToArray()));
        }
        else if (inner.CommandText.Contains("@" + OrleansStatements.SiloNow, StringComparison.Ordinal))
        {
            inner.Parameters.Add(new NpgsqlParameter(OrleansStatements.SiloNow, time.GetUtcNow().UtcDateTime));
        }
    }
}
