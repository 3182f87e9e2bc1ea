using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>An open connection whose commands are <see cref="OrleansCommand"/>s.</summary>
internal sealed class OrleansConnection(DbConnection inner, SiloDatabase database, TimeProvider time) : DbConnection
{
    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => throw new NotSupportedException("The connection is open.");
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override void Close() => inner.Close();

    public override Task CloseAsync() => inner.CloseAsync();

    public override void Open() => throw new NotSupportedException("The connection is open.");

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new OrleansCommand(inner.CreateCommand(), database, time);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
