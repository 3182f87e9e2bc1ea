using System.Data.Common;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>The connections of Orleans' providers.</summary>
internal sealed class OrleansDataSource(SiloDatabase database, TimeProvider time) : DbDataSource
{
    public override string ConnectionString => database.Source.ConnectionString;

    /// <summary>A connection of the type that the providers compare; they open theirs by <see cref="OpenDbConnectionAsync"/>.</summary>
    protected override DbConnection CreateDbConnection() => database.Source.CreateConnection();

    protected override DbConnection OpenDbConnection() => new OrleansConnection(database.Source.OpenConnection(), database, time);

    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return new OrleansConnection(await database.Source.OpenConnectionAsync(cancellationToken), database, time);
        }
        catch (DbException exception)
        {
            database.FailedToWrite(exception);
            throw;
        }
    }
}
