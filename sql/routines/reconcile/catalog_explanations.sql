-- Returns what was recorded since the snapshot and can explain a change, one row for each object that an execution
-- names; identity is NULL for an execution that names none. Only what the event triggers saw, or what an administrator
-- read from the server's log, explains a change: an operator could name any object in a record of its own. The time
-- window covers what the snapshot's transactions do not show: by time alone, a DDL command that was open while the
-- snapshot was taken would come before it. A log entry is recorded later than it happened, and may belong to another
-- database.
-- is_drop: the execution dropped the object. Log entries do not list what a statement dropped, so its text must contain
-- DROP.
CREATE OR REPLACE FUNCTION script_tracking.catalog_explanations()
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    command_tag pg_catalog.text,
    is_cut_off pg_catalog.bool,
    object_type pg_catalog.text,
    identity pg_catalog.text,
    is_drop pg_catalog.bool,
    is_of_column pg_catalog.bool
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT s.script_execution_hk, coalesce(s.metadata ->> 'command_tag', ''),
        CASE WHEN s.metadata ->> 'object_count' ~ '^[0-9]{1,18}$'
            THEN (s.metadata ->> 'object_count')::pg_catalog.int8 > cardinality(s.affected_objects) ELSE false END,
        n.object_type, n.identity,
        coalesce(s.metadata ->> 'command_tag' LIKE 'DROP %' OR s.metadata -> 'dropped_objects' ? n.named
            OR (s.script_type = 'DDL_LOG' AND s.sql_command ~* '[[:<:]]drop[[:>:]]' COLLATE "C"), false),
        n.is_of_column
    FROM script_tracking.catalog_snapshot AS c
    JOIN script_tracking.script_execution_s AS s ON s.load_date >= c.records_since AND s.load_end_date IS NULL
    LEFT JOIN LATERAL (
        SELECT s.metadata -> 'object_types' ->> (o.position - 1)::pg_catalog.int4 AS object_type, o.identity,
            o.identity AS named, false AS is_of_column
        FROM unnest(s.affected_objects) WITH ORDINALITY AS o (identity, position)
        -- For a role that is granted, the roles that become its members change.
        WHERE coalesce(s.metadata ->> 'command_tag', '') NOT IN ('GRANT ROLE', 'REVOKE ROLE')
            OR s.metadata -> 'privileges' @> jsonb_build_array(jsonb_build_object('grantee', o.identity))
        UNION
        -- A column stands for its table: public.orders.total, and its default: for public.orders.total.
        SELECT NULL, regexp_replace(o.identity, '^for |[.]("([^"]|"")+"|[^".]+)$', '', 'g'), o.identity, true
        FROM unnest(s.affected_objects) WITH ORDINALITY AS o (identity, position)
        WHERE s.metadata -> 'object_types' ->> (o.position - 1)::pg_catalog.int4 ~ ' column$|^default value$'
    ) AS n ON true
    WHERE ((s.script_type = 'DDL_AUTO' AND s.record_source LIKE 'event@_trigger@@%' ESCAPE '@')
            -- Maintenance has one execution for all partitions that it created.
            OR (s.script_type = 'MAINTENANCE' AND s.record_source LIKE 'maintain@@%' ESCAPE '@')
            OR (s.script_type = 'DDL_LOG' AND s.record_source LIKE 'log@_ingest@@%' ESCAPE '@'))
        AND s.execution_status = 'COMPLETED'
        -- A GRANT that is known to have changed nothing explains nothing.
        AND NOT (s.affected_objects = '{}' AND s.metadata -> 'privileges' = '[]'
            AND s.metadata -> 'privileges_from' IS NULL)
        AND CASE s.script_type WHEN 'DDL_LOG' THEN
            -- The log truncates its times to a millisecond, or with some prefixes to a second.
            s.execution_timestamp >= date_trunc(CASE WHEN extract(microseconds FROM s.execution_timestamp) % 1000000 = 0
                THEN 'second' ELSE 'milliseconds' END, c.records_since)
            AND (s.metadata ->> 'database' = current_database() OR s.metadata ->> 'database' IS NULL
                OR s.metadata ->> 'command_tag' !~ ' OWNED$| EVENT TRIGGER$')
        ELSE s.load_date >= c.taken_at OR CASE WHEN s.metadata ->> 'transaction_id' ~ '^[0-9]{1,19}$'
            THEN NOT pg_visible_in_snapshot((s.metadata ->> 'transaction_id')::pg_catalog.xid8, c.transactions)
            ELSE false END END
$function$;

COMMENT ON FUNCTION script_tracking.catalog_explanations() IS
    'The executions since the last snapshot, and the objects that they name';
