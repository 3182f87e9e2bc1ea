-- What the cluster keeps: the breakers' states, the silos' membership, and one secret.
-- "{schema}" stands for the schema's name, so that nothing depends on a session's search_path; the silo creates the schema itself.

CREATE TABLE {schema}.grain_state (
    grain_hash      integer     NOT NULL,
    grain_n0        bigint      NOT NULL,
    grain_n1        bigint      NOT NULL,
    state_hash      integer     NOT NULL,
    state_name      text        NOT NULL,
    grain_key       text,
    service_id      text        NOT NULL,
    payload         bytea,
    version         integer     NOT NULL,
    modified_at     timestamptz NOT NULL DEFAULT now()
);

-- Ends the race of two first writes: one row per grain, also where the key is null.
CREATE UNIQUE INDEX grain_state_identity
    ON {schema}.grain_state (grain_hash, state_hash, grain_n0, grain_n1, state_name, grain_key, service_id) NULLS NOT DISTINCT;

CREATE TABLE {schema}.membership_version (
    deployment_id   text        PRIMARY KEY,
    version         integer     NOT NULL DEFAULT 0,
    changed_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE {schema}.membership (
    deployment_id   text        NOT NULL REFERENCES {schema}.membership_version (deployment_id),
    address         text        NOT NULL,
    port            integer     NOT NULL,
    generation      integer     NOT NULL,
    silo_name       text        NOT NULL,
    host_name       text        NOT NULL,
    status          integer     NOT NULL,
    proxy_port      integer     NOT NULL,
    suspect_times   text,
    start_time      timestamptz NOT NULL,
    i_am_alive_time timestamptz NOT NULL,
    PRIMARY KEY (deployment_id, address, port, generation)
);

CREATE TABLE {schema}.cluster_secret (
    name            text        PRIMARY KEY,
    value           bytea       NOT NULL
);

-- Earlier silos read the statements of Orleans' providers from here, by key, once at their start; later ones bring their own.
CREATE TABLE {schema}.orleansquery (
    querykey        text        PRIMARY KEY,
    querytext       text        NOT NULL
);

INSERT INTO {schema}.orleansquery (querykey, querytext) VALUES
('ReadFromStorageKey', $q$
SELECT payload AS "PayloadBinary", version AS "Version"
FROM {schema}.grain_state
WHERE grain_hash = @GrainIdHash AND state_hash = @GrainTypeHash AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
  AND state_name = @GrainTypeString AND grain_key IS NOT DISTINCT FROM CAST(@GrainIdExtensionString AS text) AND service_id = @ServiceId
$q$),
('WriteToStorageKey', $q$
WITH changed AS (
    UPDATE {schema}.grain_state SET payload = @PayloadBinary, version = version + 1, modified_at = now()
    WHERE grain_hash = @GrainIdHash AND state_hash = @GrainTypeHash AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
      AND state_name = @GrainTypeString AND grain_key IS NOT DISTINCT FROM CAST(@GrainIdExtensionString AS text) AND service_id = @ServiceId
      AND version = CAST(@GrainStateVersion AS integer)
    RETURNING version
), added AS (
    INSERT INTO {schema}.grain_state (grain_hash, grain_n0, grain_n1, state_hash, state_name, grain_key, service_id, payload, version)
    SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, CAST(@GrainIdExtensionString AS text), @ServiceId, @PayloadBinary, 1
    WHERE CAST(@GrainStateVersion AS integer) IS NULL
    ON CONFLICT DO NOTHING
    RETURNING version
)
SELECT version AS "NewGrainStateVersion" FROM changed UNION ALL SELECT version FROM added
$q$),
('ClearStorageKey', $q$
UPDATE {schema}.grain_state SET payload = NULL, version = version + 1, modified_at = now()
WHERE grain_hash = @GrainIdHash AND state_hash = @GrainTypeHash AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1
  AND state_name = @GrainTypeString AND grain_key IS NOT DISTINCT FROM CAST(@GrainIdExtensionString AS text) AND service_id = @ServiceId
  AND version = CAST(@GrainStateVersion AS integer)
RETURNING version AS "NewGrainStateVersion"
$q$),
('GatewaysQueryKey', $q$
SELECT address AS "Address", proxy_port AS "ProxyPort", generation AS "Generation"
FROM {schema}.membership WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
$q$),
('MembershipReadRowKey', $q$
SELECT v.deployment_id AS "DeploymentId", m.address AS "Address", m.port AS "Port", m.generation AS "Generation", m.silo_name AS "SiloName",
       m.host_name AS "HostName", m.status AS "Status", m.proxy_port AS "ProxyPort", m.suspect_times AS "SuspectTimes",
       m.start_time AS "StartTime", m.i_am_alive_time AS "IAmAliveTime", v.version AS "Version"
FROM {schema}.membership_version v
LEFT JOIN {schema}.membership m ON m.deployment_id = v.deployment_id AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
WHERE v.deployment_id = @DeploymentId
$q$),
('MembershipReadAllKey', $q$
SELECT v.deployment_id AS "DeploymentId", m.address AS "Address", m.port AS "Port", m.generation AS "Generation", m.silo_name AS "SiloName",
       m.host_name AS "HostName", m.status AS "Status", m.proxy_port AS "ProxyPort", m.suspect_times AS "SuspectTimes",
       m.start_time AS "StartTime", m.i_am_alive_time AS "IAmAliveTime", v.version AS "Version"
FROM {schema}.membership_version v LEFT JOIN {schema}.membership m ON m.deployment_id = v.deployment_id
WHERE v.deployment_id = @DeploymentId
$q$),
('InsertMembershipVersionKey', $q$
WITH added AS (
    INSERT INTO {schema}.membership_version (deployment_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*)::integer FROM added
$q$),
('InsertMembershipKey', $q$
WITH bumped AS (
    UPDATE {schema}.membership_version v SET version = version + 1, changed_at = now()
    WHERE deployment_id = @DeploymentId AND version = @Version AND NOT EXISTS (
        SELECT FROM {schema}.membership m WHERE m.deployment_id = v.deployment_id
            AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
    RETURNING 1
), added AS (
    INSERT INTO {schema}.membership (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
    SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    WHERE EXISTS (SELECT FROM bumped)
    RETURNING 1
)
SELECT count(*)::integer FROM added
$q$),
('UpdateMembershipKey', $q$
WITH bumped AS (
    UPDATE {schema}.membership_version v SET version = version + 1, changed_at = now()
    WHERE deployment_id = @DeploymentId AND version = @Version AND EXISTS (
        SELECT FROM {schema}.membership m WHERE m.deployment_id = v.deployment_id
            AND m.address = @Address AND m.port = @Port AND m.generation = @Generation)
    RETURNING 1
), changed AS (
    UPDATE {schema}.membership SET status = @Status, suspect_times = CAST(@SuspectTimes AS text), i_am_alive_time = @IAmAliveTime
    WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
      AND EXISTS (SELECT FROM bumped)
    RETURNING 1
)
SELECT count(*)::integer FROM changed
$q$),
('UpdateIAmAlivetimeKey', $q$
UPDATE {schema}.membership SET i_am_alive_time = @IAmAliveTime
WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$q$),
('DeleteMembershipTableEntriesKey', $q$
WITH gone AS (DELETE FROM {schema}.membership WHERE deployment_id = @DeploymentId)
DELETE FROM {schema}.membership_version WHERE deployment_id = @DeploymentId
$q$),
('CleanupDefunctSiloEntriesKey', $q$
DELETE FROM {schema}.membership WHERE deployment_id = @DeploymentId AND i_am_alive_time < @IAmAliveTime AND start_time < @IAmAliveTime AND status = 6
$q$);
