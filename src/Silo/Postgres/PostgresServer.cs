using TaskerCore.Orleans.Silo.Settings;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>What a silo asks a server about itself.</summary>
internal static class PostgresServer
{
    /// <summary>An expression: why the server takes no writes; NULL where it does.</summary>
    public const string ReadOnlyReason =
        "CASE WHEN pg_is_in_recovery() THEN 'it is a standby' WHEN current_setting('transaction_read_only')::boolean THEN 'it is read-only' END";

    /// <summary>What an operator reads of a server that takes no writes.</summary>
    public static string NotWritable(string reason) =>
        $"Postgres does not accept writes ({reason}). Promote it or make it writable, or connect to the primary: {SettingKeys.Postgres} may list several hosts "
        + "(Host=a,b), and the silo uses the writable one";
}
