using Npgsql;
using TaskerCore.Orleans.Grains;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>The way to the cluster's Postgres, as the silo uses it.</summary>
internal static class PostgresOptions
{
    /// <summary>The schema that everything of ours lives in.</summary>
    public const string Schema = "taskercore";

    private const int TimeoutSeconds = 5;

    /// <summary>A data source whose statements find our schema, and give up soon: nothing in a silo may hang with its store.</summary>
    /// <exception cref="InvalidOperationException">The text is not a connection string; the message names the setting, not the text.</exception>
    public static NpgsqlDataSource Open(string connectionString, ILoggerFactory loggers)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            settings.SearchPath = settings.SearchPath is { Length: > 0 } own ? own : Schema;
            settings.Timeout = settings.Timeout is 0 ? TimeoutSeconds : Math.Min(settings.Timeout, TimeoutSeconds);
            settings.CommandTimeout = settings.CommandTimeout is 0 ? TimeoutSeconds : Math.Min(settings.CommandTimeout, TimeoutSeconds);
            settings.ApplicationName ??= "taskercore-silo";
            return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers).Build();
        }
        catch (ArgumentException exception)
        {
            // The parser's own message may quote the text, and with it the password.
            throw new InvalidOperationException(
                $"{SettingKeys.Postgres} is not a connection string ({exception.GetType().Name}). "
                + "Write for example Host=db;Port=5432;Database=tasker;Username=tasker;Password=...");
        }
    }

    /// <summary>How many rows of grains may be read or written at once: at most half of the pool's connections, so that membership and
    /// migrations always find one.</summary>
    public static int RowsAtOnce(NpgsqlDataSource source) =>
        Math.Clamp(new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize / 2, 1, BoundedGrainStorage.MostAtOnce);

    /// <summary>The schema that the data source works in.</summary>
    public static string SchemaOf(NpgsqlDataSource source) =>
        new NpgsqlConnectionStringBuilder(source.ConnectionString).SearchPath?.Split(',')[0].Trim() ?? Schema;
}
