using Npgsql;
using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>How a silo connects to the cluster's Postgres.</summary>
internal static class PostgresOptions
{
    /// <summary>The schema that everything of ours lives in, unless the connection string's <c>Search Path</c> names another.</summary>
    public const string Schema = "taskercore";

    private const int TimeoutSeconds = 5;

    /// <summary>A database whose statements give up soon: nothing in a silo may hang with its store.</summary>
    /// <exception cref="InvalidOperationException">The text is not a connection string; the message names the setting, not the text.</exception>
    public static SiloDatabase Open(string connectionString, ILoggerFactory loggers)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            var schema = settings.SearchPath?.Split(',')[0].Trim().Trim('"') is { Length: > 0 } own ? own : Schema;

            // A pooler refuses it as a parameter of the connection, or drops it, or gives it to others. Each statement names the schema instead.
            settings.SearchPath = null;

            // Nothing of ours leaves anything behind in a session, and through a transaction pooler the reset would meet another's.
            settings.NoResetOnClose = true;
            settings.Timeout = settings.Timeout is 0 ? TimeoutSeconds : Math.Min(settings.Timeout, TimeoutSeconds);
            settings.CommandTimeout = settings.CommandTimeout is 0 ? TimeoutSeconds : Math.Min(settings.CommandTimeout, TimeoutSeconds);
            settings.ApplicationName ??= "taskercore-silo";

            // A silo writes. Of several hosts it takes the one that lets it; Npgsql refuses the setting for a single host, which is asked by us.
            settings.TargetSessionAttributes = settings.Host?.Contains(',', StringComparison.Ordinal) is true
                ? settings.TargetSessionAttributes is { Length: > 0 } wanted ? wanted : "read-write"
                : null;
            return new SiloDatabase(new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers).Build(), schema);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException or FormatException)
        {
            // The parser's own message may quote the text, and with it the password.
            throw new InvalidOperationException(
                $"{SettingKeys.Postgres} is not a connection string ({exception.GetType().Name}). "
                + "Write for example Host=db;Port=5432;Database=tasker;Username=tasker;Password=...");
        }
    }
}
