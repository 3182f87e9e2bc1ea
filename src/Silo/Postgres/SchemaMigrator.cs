using System.Reflection;
using Npgsql;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>The database has a newer schema than this silo knows: it was upgraded by a newer one.</summary>
internal sealed class SchemaTooNewException(int found, int known) : Exception(
    $"The database has schema version {found}; this silo supports up to {known}. Run a newer silo, or restore the database from before the upgrade.");

/// <summary>Creates and upgrades our schema. Idempotent; safe when many silos start at once: an advisory lock lets one at a time work.</summary>
/// <remarks>When nothing is pending it changes nothing, so that a silo may run as a role that owns nothing, with
/// <c>USAGE</c> on the schema and <c>SELECT, INSERT, UPDATE, DELETE</c> on its tables.</remarks>
internal sealed partial class SchemaMigrator(SiloDatabase database, ILogger<SchemaMigrator> logger)
{
    private const long LockKey = 0x7461736B_6572636F;
    private const string Prefix = ".Migrations.";

    /// <summary>Applies what is pending.</summary>
    /// <exception cref="SchemaTooNewException">The database is ahead of this silo.</exception>
    /// <exception cref="NotSupportedException">The server is older than Postgres 15.</exception>
    /// <exception cref="PostgresUnusableException">An operator must first do something in the database.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var migrations = Load();
        var known = migrations[^1].Version;
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        var check = new SchemaCheck(database, connection);
        await check.ServerAsync(cancellationToken);
        var found = await check.AllowedAsync(SetUpStep.Use, () => VersionAsync(connection, cancellationToken));
        if (found > known)
        {
            throw new SchemaTooNewException(found, known);
        }

        if (found > 0)
        {
            await check.TablesAsync(cancellationToken);
        }

        if (found < known)
        {
            await ApplyAsync(connection, check, migrations, cancellationToken);
        }
    }

    private async Task ApplyAsync(
        NpgsqlConnection connection, SchemaCheck check, List<(int Version, string Name, string Sql)> migrations, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        // Of the transaction, not of the session: a transaction pooler would leave a session's lock with another.
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        if (!await SchemaExistsAsync(connection, cancellationToken))
        {
            // Not "IF NOT EXISTS": that asks for the right to create schemas even where there is nothing to create.
            await check.AllowedAsync(SetUpStep.CreateSchema, () => ExecuteAsync(connection, "CREATE SCHEMA {schema}", cancellationToken));
        }

        await check.AllowedAsync(SetUpStep.CreateTables, () => ExecuteAsync(
            connection,
            "CREATE TABLE IF NOT EXISTS {schema}.schema_version (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
            cancellationToken));
        var current = await VersionAsync(connection, cancellationToken);
        if (current > migrations[^1].Version)
        {
            throw new SchemaTooNewException(current, migrations[^1].Version);
        }

        foreach (var (version, name, sql) in migrations.Where(migration => migration.Version > current))
        {
            await check.AllowedAsync(SetUpStep.CreateTables, () => ExecuteAsync(connection, sql, cancellationToken));
            await using var mark = new NpgsqlCommand(database.Qualify("INSERT INTO {schema}.schema_version (version) VALUES (@version)"), connection);
            mark.Parameters.AddWithValue("version", version);
            await mark.ExecuteNonQueryAsync(cancellationToken);
            LogApplied(version, name);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<bool> SchemaExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regnamespace(quote_ident(@name)) IS NOT NULL", connection);
        exists.Parameters.AddWithValue("name", database.Schema);
        return await exists.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>The schema's version; 0 where there is none yet.</summary>
    private async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass(@name) IS NOT NULL", connection);
        exists.Parameters.AddWithValue("name", $"{database.QuotedSchema}.schema_version");
        if (await exists.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return 0;
        }

        await using var version = new NpgsqlCommand(database.Qualify("SELECT coalesce(max(version), 0) FROM {schema}.schema_version"), connection);
        return (int)(await version.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        // Several statements in one command, none with a parameter: "@" in the stored statements is text here.
        await using var command = new NpgsqlCommand(database.Qualify(sql), connection) { AllResultTypesAreUnknown = false };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static List<(int Version, string Name, string Sql)> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.Contains(Prefix, StringComparison.Ordinal))
                .Select(name => (File: name[(name.IndexOf(Prefix, StringComparison.Ordinal) + Prefix.Length)..], Resource: name))
                .Select(migration => (
                    int.Parse(migration.File[..4], System.Globalization.CultureInfo.InvariantCulture), migration.File, Read(assembly, migration.Resource)))
                .OrderBy(migration => migration.Item1),
        ];
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }

    [LoggerMessage(EventIds.SchemaApplied, LogLevel.Information, "Applied schema version {Version} ({Name})")]
    private partial void LogApplied(int version, string name);
}
