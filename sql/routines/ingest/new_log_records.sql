-- Leaves out the log entries that were recorded before, from whatever copy of the log. An entry is identified by
-- entry_hash; if a statement and its failure were read together, failure_hash is that of the failure. If the statement
-- is known, the failure closes its record; if the statement is new, the failure closes no earlier run of the same
-- statement. A record without hashes is always new. Records of earlier versions have no hash: they are identified by
-- time, login, process and command.
CREATE OR REPLACE FUNCTION script_tracking.new_log_records(
    p_records pg_catalog.jsonb,
    p_load_date pg_catalog.timestamptz
)
RETURNS pg_catalog.jsonb
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH item AS MATERIALIZED (
        SELECT r.record, r.place, decode(r.record ->> 'entry_hash', 'hex') AS entry_hash,
            decode(r.record ->> 'failure_hash', 'hex') AS failure_hash
        FROM jsonb_array_elements(p_records) WITH ORDINALITY AS r (record, place)
    ), named AS (
        SELECT i.entry_hash FROM item AS i WHERE i.entry_hash IS NOT NULL
        UNION
        SELECT i.failure_hash FROM item AS i WHERE i.failure_hash IS NOT NULL
    ), fresh AS MATERIALIZED (
        -- In a fixed order, so that two sessions that read the same entries do not wait for each other.
        INSERT INTO script_tracking.logged_entry (entry_hash, load_date)
        SELECT n.entry_hash, p_load_date FROM named AS n ORDER BY n.entry_hash
        ON CONFLICT ON CONSTRAINT logged_entry_pkey DO NOTHING
        RETURNING entry_hash
    ), judged AS (
        SELECT i.record, i.place, i.entry_hash, i.failure_hash,
            -- NULL is not in an empty set.
            CASE WHEN i.entry_hash IS NOT NULL THEN i.entry_hash IN (SELECT f.entry_hash FROM fresh AS f) END AS is_fresh,
            CASE WHEN i.failure_hash IS NOT NULL THEN i.failure_hash IN (SELECT f.entry_hash FROM fresh AS f) END
                AS is_fresh_failure
        FROM item AS i
    ), chosen AS (
        SELECT DISTINCT ON (coalesce(CASE WHEN j.is_fresh THEN j.entry_hash ELSE j.failure_hash END, int8send(j.place)))
            CASE WHEN j.is_fresh AND j.is_fresh_failure THEN j.record - 'session_statement' ELSE j.record END AS record, j.place
        FROM judged AS j
        WHERE coalesce(j.is_fresh_failure, j.is_fresh, true)
            AND (j.entry_hash IS NULL OR NOT EXISTS (
                SELECT FROM script_tracking.script_execution_s AS s
                WHERE s.execution_timestamp = (j.record ->> 'execution_timestamp')::pg_catalog.timestamptz
                    AND s.load_date < (SELECT m.applied_at FROM script_tracking.schema_migration AS m
                        WHERE m.migration_name LIKE '%logged@_entry%' ESCAPE '@')
                    AND s.script_type IN ('DDL_LOG', 'SECURITY')
                    AND s.script_name = j.record ->> 'script_name'
                    AND s.db_session_user = j.record ->> 'db_session_user'
                    AND s.metadata ->> 'backend_pid' IS NOT DISTINCT FROM j.record #>> '{metadata,backend_pid}'))
        ORDER BY coalesce(CASE WHEN j.is_fresh THEN j.entry_hash ELSE j.failure_hash END, int8send(j.place)), j.place
    )
    SELECT coalesce(jsonb_agg(c.record ORDER BY c.place), '[]') FROM chosen AS c
$function$;

COMMENT ON FUNCTION script_tracking.new_log_records(pg_catalog.jsonb, pg_catalog.timestamptz) IS
    'Leaves out log entries that were recorded before; for the functions of this schema';
