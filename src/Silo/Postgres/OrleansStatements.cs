namespace TaskerCore.Orleans.Silo.Postgres;

/// <summary>The statements that Orleans' providers run, by the provider's key.</summary>
/// <remarks><para>The providers read them from an unqualified table. They get these instead (<see cref="OrleansCommand"/>), which name their schema.</para>
/// <para>Times in the table are by the clock of Postgres, and what a silo reads is by its own: each statement gets the silo's present time as
/// <c>@SiloNow</c>, and adds the difference. So silos never compare each other's clocks.</para></remarks>
internal static class OrleansStatements
{
    /// <summary>The parameter that <see cref="OrleansCommand"/> adds.</summary>
    public const string SiloNow = "SiloNow";

    private const string ToServer = "(now() - CAST(@SiloNow AS timestamptz))";
    private const string ToSilo = "(CAST(@SiloNow AS timestamptz) - now())";

    private const string OfGrain = """
        grain_hash = @GrainIdHash AND state_hash = @GrainTypeHash AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
          AND state_name = @GrainTypeString AND grain_key IS NOT DISTINCT FROM CAST(@GrainIdExtensionString AS text) AND service_id = @ServiceId
        """;

    private const string OfSilo = "m.address = @Address AND m.port = @Port AND m.generation = @Generation";

    private const string Members = $"""
        SELECT v.deployment_id AS "DeploymentId", m.address AS "Address", m.port AS "Port", m.generation AS "Generation", m.silo_name AS "SiloName",
               m.host_name AS "HostName", m.status AS "Status", m.proxy_port AS "ProxyPort", m.suspect_times AS "SuspectTimes",
               m.start_time + {ToSilo} AS "StartTime", m.i_am_alive_time + {ToSilo} AS "IAmAliveTime", v.version AS "Version"
        """;

    /// <summary>Every statement; <c>{schema}</c> stands for the schema's name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["ReadFromStorageKey"] = $$"""
            SELECT payload AS "PayloadBinary", version AS "Version" FROM {schema}.grain_state WHERE {{OfGrain}}
            """,
        ["WriteToStorageKey"] = $$"""
            WITH changed AS (
                UPDATE {schema}.grain_state SET payload = @PayloadBinary, version = version + 1, modified_at = now()
                WHERE {{OfGrain}} AND version = CAST(@GrainStateVersion AS integer)
                RETURNING version
            ), added AS (
                INSERT INTO {schema}.grain_state (grain_hash, grain_n0, grain_n1, state_hash, state_name, grain_key, service_id, payload, version)
                SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, CAST(@GrainIdExtensionString AS text), @ServiceId, @PayloadBinary, 1
                WHERE CAST(@GrainStateVersion AS integer) IS NULL
                ON CONFLICT DO NOTHING
                RETURNING version
            )
            SELECT version AS "NewGrainStateVersion" FROM changed UNION ALL SELECT version FROM added
            """,
        ["ClearStorageKey"] = $$"""
            UPDATE {schema}.grain_state SET payload = NULL, version = version + 1, modified_at = now()
            WHERE {{OfGrain}} AND version = CAST(@GrainStateVersion AS integer)
            RETURNING version AS "NewGrainStateVersion"
            """,
        ["GatewaysQueryKey"] = """
            SELECT address AS "Address", proxy_port AS "ProxyPort", generation AS "Generation"
            FROM {schema}.membership WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
            """,
        ["MembershipReadRowKey"] = $$"""
            {{Members}}
            FROM {schema}.membership_version v LEFT JOIN {schema}.membership m ON m.deployment_id = v.deployment_id AND {{OfSilo}}
            WHERE v.deployment_id = @DeploymentId
            """,
        ["MembershipReadAllKey"] = $$"""
            {{Members}}
            FROM {schema}.membership_version v LEFT JOIN {schema}.membership m ON m.deployment_id = v.deployment_id
            WHERE v.deployment_id = @DeploymentId
            """,
        ["InsertMembershipVersionKey"] = """
            WITH added AS (
                INSERT INTO {schema}.membership_version (deployment_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1
            )
            SELECT count(*)::integer FROM added
            """,
        ["InsertMembershipKey"] = $$"""
            WITH bumped AS (
                UPDATE {schema}.membership_version v SET version = version + 1, changed_at = now()
                WHERE deployment_id = @DeploymentId AND version = @Version
                  AND NOT EXISTS (SELECT FROM {schema}.membership m WHERE m.deployment_id = v.deployment_id AND {{OfSilo}})
                RETURNING 1
            ), added AS (
                INSERT INTO {schema}.membership
                    (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
                SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort,
                       CAST(@StartTime AS timestamptz) + {{ToServer}}, CAST(@IAmAliveTime AS timestamptz) + {{ToServer}}
                WHERE EXISTS (SELECT FROM bumped)
                RETURNING 1
            )
            SELECT count(*)::integer FROM added
            """,
        ["UpdateMembershipKey"] = $$"""
            WITH bumped AS (
                UPDATE {schema}.membership_version v SET version = version + 1, changed_at = now()
                WHERE deployment_id = @DeploymentId AND version = @Version
                  AND EXISTS (SELECT FROM {schema}.membership m WHERE m.deployment_id = v.deployment_id AND {{OfSilo}})
                RETURNING 1
            ), changed AS (
                UPDATE {schema}.membership m
                SET status = @Status, suspect_times = CAST(@SuspectTimes AS text), i_am_alive_time = CAST(@IAmAliveTime AS timestamptz) + {{ToServer}}
                WHERE m.deployment_id = @DeploymentId AND {{OfSilo}} AND EXISTS (SELECT FROM bumped)
                RETURNING 1
            )
            SELECT count(*)::integer FROM changed
            """,
        ["UpdateIAmAlivetimeKey"] = $$"""
            UPDATE {schema}.membership m SET i_am_alive_time = CAST(@IAmAliveTime AS timestamptz) + {{ToServer}}
            WHERE m.deployment_id = @DeploymentId AND {{OfSilo}}
            """,
        ["DeleteMembershipTableEntriesKey"] = """
            WITH gone AS (DELETE FROM {schema}.membership WHERE deployment_id = @DeploymentId)
            DELETE FROM {schema}.membership_version WHERE deployment_id = @DeploymentId
            """,
        ["CleanupDefunctSiloEntriesKey"] = $$"""
            DELETE FROM {schema}.membership
            WHERE deployment_id = @DeploymentId AND status = 6
              AND i_am_alive_time < CAST(@IAmAliveTime AS timestamptz) + {{ToServer}} AND start_time < CAST(@IAmAliveTime AS timestamptz) + {{ToServer}}
            """,
    };

    /// <summary>Whether a statement changes rows.</summary>
    public static bool Writes(string statement) =>
        statement.Contains("UPDATE ", StringComparison.Ordinal) || statement.Contains("INSERT ", StringComparison.Ordinal)
        || statement.Contains("DELETE ", StringComparison.Ordinal);
}
