using Microsoft.Extensions.Logging.Abstractions;
using TaskerCore.Orleans.Silo.Postgres;

namespace TaskerCore.Orleans.Silo.Tests.Postgres;

public sealed class PostgresOptionsTests
{
    [Theory]
    [InlineData("Host=db", 32)]
    [InlineData("Host=db;Maximum Pool Size=20", 10)]
    [InlineData("Host=db;Maximum Pool Size=1", 1)]
    public void Half_of_the_pools_connections_are_left_to_others(string connection, int rows)
    {
        using var source = PostgresOptions.Open(connection, NullLoggerFactory.Instance);

        Assert.Equal(rows, source.RowsAtOnce);
    }
}
