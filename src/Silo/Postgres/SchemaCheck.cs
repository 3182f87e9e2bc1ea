using Npgsql;

namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>Compares what a database has with what a silo needs of it, before anything is created or written, and says what an operator must do.</summary>
/// <param name="database">The database.</param>
/// <param name="connection">An open connection to it.</param>
internal sealed class SchemaCheck(SiloDatabase database, NpgsqlConnection connection)
{
    private const int LeastServerVersion = 150_000;

    // What each start needs; the statements of Orleans' providers are no longer read from their table.
    private static readonly (string Table, string[] Privileges)[] Needed =
    [
        ("cluster_secret", ["SELECT"]),
        ("grain_state", ["SELECT", "INSERT", "UPDATE"]),
        ("membership", ["SELECT", "INSERT", "UPDATE", "DELETE"]),
        ("membership_version", ["SELECT", "INSERT", "UPDATE"]),
        ("schema_version", ["SELECT"]),
    ];

    private static readonly string[] Moved = ["cluster_secret", "grain_state", "membership", "membership_version", "orleansquery"];

    private string _role = string.Empty;
    private string _database = string.Empty;

    /// <summary>Checks the server, and who it takes the silo for.</summary>
    /// <exception cref="NotSupportedException">The server is older than Postgres 15.</exception>
    /// <exception cref="PostgresUnusableException">It takes no writes.</exception>
    public async Task ServerAsync(CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT current_setting('server_version_num')::integer, current_user::text, current_database()::text, {PostgresServer.ReadOnlyReason}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetInt32(0) < LeastServerVersion)
        {
            throw new NotSupportedException($"The Postgres server has version {connection.PostgreSqlVersion}; 15 or newer is needed.");
        }

        (_role, _database) = (Quoted(reader.GetString(1)), Quoted(reader.GetString(2)));
        if (!reader.IsDBNull(3))
        {
            throw new PostgresUnusableException(PostgresServer.NotWritable(reader.GetString(3)));
        }
    }

    /// <summary>Checks that the tables of a database that has been set up are in the schema, and that the role may use them.</summary>
    /// <exception cref="PostgresUnusableException">They are elsewhere or missing, or it may not.</exception>
    public async Task TablesAsync(CancellationToken cancellationToken)
    {
        await using (var find = new NpgsqlCommand(
            """
            SELECT wanted, (SELECT string_agg(n.nspname, ',') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                            WHERE c.relname = wanted AND c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_')
            FROM unnest(@Tables) AS wanted
            WHERE NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = wanted AND n.nspname = @Schema)
            """,
            connection))
        {
            find.Parameters.AddWithValue("Tables", Needed.Select(needed => needed.Table).ToArray());
            find.Parameters.AddWithValue("Schema", database.Schema);
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken))
            {
                var elsewhere = reader.IsDBNull(1) ? null : reader.GetString(1).Split(',')[0];
                throw new PostgresUnusableException(elsewhere is null ? Missing(reader.GetString(0)) : Misplaced(elsewhere));
            }
        }

        await using var denied = new NpgsqlCommand(
            """
            SELECT string_agg(privilege || ' on ' || tab, ', ') FROM unnest(@Tables, @Privileges) AS needed (tab, privilege)
            WHERE NOT has_table_privilege(@Schema || '.' || tab, privilege)
            """,
            connection);
        var pairs = Needed.SelectMany(needed => needed.Privileges.Select(privilege => (needed.Table, Privilege: privilege))).ToArray();
        denied.Parameters.AddWithValue("Tables", pairs.Select(pair => pair.Table).ToArray());
        denied.Parameters.AddWithValue("Privileges", pairs.Select(pair => pair.Privilege).ToArray());
        denied.Parameters.AddWithValue("Schema", database.QuotedSchema);
        if (await denied.ExecuteScalarAsync(cancellationToken) is string lacking)
        {
            throw new PostgresUnusableException(MayNot($"use its tables ({lacking})", TablesGrant));
        }
    }

    /// <summary>Runs a step of the set-up; where the role may not, the error says which privilege it needs.</summary>
    /// <exception cref="PostgresUnusableException">The role may not.</exception>
    public async Task<T> AllowedAsync<T>(SetUpStep step, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (PostgresException denied) when (denied.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new PostgresUnusableException(
                step switch
                {
                    SetUpStep.CreateSchema => MayNot(
                        "create it", $"GRANT CREATE ON DATABASE {_database} TO {_role}, or CREATE SCHEMA {database.QuotedSchema} AUTHORIZATION {_role}"),
                    SetUpStep.CreateTables => MayNot("create tables in it", $"GRANT USAGE, CREATE ON SCHEMA {database.QuotedSchema} TO {_role}"),
                    _ => MayNot("use it", $"GRANT USAGE ON SCHEMA {database.QuotedSchema} TO {_role}; {TablesGrant}"),
                },
                denied);
        }
    }

    private string TablesGrant => $"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {database.QuotedSchema} TO {_role}";

    private static string Quoted(string name) => name.All(sign => sign is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_') ? name : new NpgsqlCommandBuilder().QuoteIdentifier(name);

    private string MayNot(string what, string grant) =>
        $"the role {_role} cannot create or use the schema '{database.Schema}': it lacks the right to {what}. Run as the owner or a superuser: {grant}";

    private string Missing(string table) =>
        $"the schema '{database.Schema}' is marked as set up, but its table {table} is missing. Restore the whole schema from a backup, or drop it so that it is created again";

    private string Misplaced(string elsewhere) =>
        $"the tables of the schema '{database.Schema}' are in the schema '{elsewhere}', where an earlier version created them through a connection pooler. "
        + $"Stop every silo of this database, then run: {string.Join(' ', Moved.Select(table => $"ALTER TABLE {Quoted(elsewhere)}.{table} SET SCHEMA {database.QuotedSchema};"))}";
}

/// <summary>What a silo does while it sets its schema up.</summary>
internal enum SetUpStep
{
    /// <summary>Creates the schema.</summary>
    CreateSchema,

    /// <summary>Creates tables in it.</summary>
    CreateTables,

    /// <summary>Reads and writes rows.</summary>
    Use,
}
