-- Returns which transaction wrote the parts of an object last, by the xmin of their rows in the catalogs, and the execution
-- that this was; for what is older than the history of the object. pg_class says nothing: VACUUM FULL, CREATE INDEX and many
-- others write it. What was tried, and how often each rule is right, is in docs/object-history.md.
--
-- how: exact: the commit times are the same, or the transaction is, and it had one execution of this object
--      likely: a subtransaction of the execution wrote it, as far as the numbers of transactions tell
--      time only: when it was committed, and no recorded execution
CREATE OR REPLACE FUNCTION script_tracking.get_catalog_writers(p_object pg_catalog.bytea)
RETURNS TABLE (
    part pg_catalog.text,
    script_execution_hk pg_catalog.bytea,
    load_date pg_catalog.timestamptz,
    committed_at pg_catalog.timestamptz,
    how pg_catalog.text
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    c_with_time CONSTANT pg_catalog.bool := current_setting('track_commit_timestamp')::pg_catalog.bool;
    c_now CONSTANT pg_catalog.int8 := pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8;
    v_object pg_catalog.text[];
    v_class pg_catalog.oid;
    v_oid pg_catalog.oid;
    v_identity pg_catalog.text;
BEGIN
    SELECT string_to_array(s.object_bk, ':'), s.object_identity
    INTO v_object, v_identity
    FROM script_tracking.object_s AS s
    WHERE s.object_hk = p_object
    ORDER BY s.load_date DESC, s.version_number DESC
    LIMIT 1;
    -- After a restore or pg_upgrade all rows have one other xmin.
    IF v_object[1] IS DISTINCT FROM 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid::pg_catalog.text THEN
        RETURN;
    END IF;
    v_class := to_regclass('pg_catalog.' || quote_ident(v_object[2]));
    v_oid := v_object[3]::pg_catalog.oid;
    RETURN QUERY
    WITH raw AS (
        SELECT 'column ' || a.attnum AS part, a.xmin, a.cmin FROM pg_attribute AS a
        WHERE v_class = 'pg_class'::regclass AND a.attrelid = v_oid AND a.attnum > 0
        UNION ALL
        SELECT 'constraint ' || c.oid, c.xmin, c.cmin FROM pg_constraint AS c
        WHERE v_class = 'pg_class'::regclass AND c.conrelid = v_oid
        UNION ALL
        SELECT 'trigger ' || t.oid, t.xmin, t.cmin FROM pg_trigger AS t
        WHERE v_class = 'pg_class'::regclass AND t.tgrelid = v_oid AND NOT t.tgisinternal
        UNION ALL
        SELECT 'policy ' || p.oid, p.xmin, p.cmin FROM pg_policy AS p
        WHERE v_class = 'pg_class'::regclass AND p.polrelid = v_oid
        UNION ALL
        SELECT 'definition', p.xmin, p.cmin FROM pg_proc AS p WHERE v_class = 'pg_proc'::regclass AND p.oid = v_oid
        UNION ALL
        SELECT 'definition', t.xmin, t.cmin FROM pg_type AS t WHERE v_class = 'pg_type'::regclass AND t.oid = v_oid
    ), written AS MATERIALIZED (
        SELECT r.part, r.cmin::pg_catalog.text::pg_catalog.int8 AS command,
            -- 32 bits of the number of a transaction that is older than the newest one.
            c_now - ((c_now - r.xmin::pg_catalog.text::pg_catalog.int8) & 4294967295) AS writer,
            CASE WHEN c_with_time AND r.xmin::pg_catalog.text::pg_catalog.int8 > 2 THEN pg_xact_commit_timestamp(r.xmin) END
                AS committed_at
        FROM raw AS r
    ), near AS MATERIALIZED (
        SELECT w.writer, w.committed_at, e.script_execution_hk, e.load_date, e.recorder, e.row_writer, e.command, e.row_time
        FROM (SELECT DISTINCT x.writer, x.committed_at FROM written AS x WHERE x.writer > 2) AS w
        CROSS JOIN LATERAL (
            SELECT n.script_execution_hk, n.load_date, n.recorder,
                c_now - ((c_now - h.xmin::pg_catalog.text::pg_catalog.int8) & 4294967295) AS row_writer,
                h.cmin::pg_catalog.text::pg_catalog.int8 AS command,
                CASE WHEN c_with_time AND h.xmin::pg_catalog.text::pg_catalog.int8 > 2 THEN pg_xact_commit_timestamp(h.xmin) END
                    AS row_time
            FROM (
                SELECT s.script_execution_hk, s.load_date, s.affected_objects,
                    s.recorded_by::pg_catalog.text::pg_catalog.int8 AS recorder
                FROM script_tracking.script_execution_s AS s
                WHERE s.recorded_by IS NOT NULL AND s.recorded_by <= w.writer::pg_catalog.text::pg_catalog.xid8
                -- A transaction that began this many executions earlier is not looked for.
                ORDER BY s.recorded_by DESC
                LIMIT 200) AS n
            JOIN script_tracking.script_execution_h AS h
                ON h.script_execution_hk = n.script_execution_hk AND h.load_date = n.load_date
            WHERE EXISTS (SELECT FROM unnest(n.affected_objects) AS o (identity)
                WHERE o.identity = v_identity OR starts_with(o.identity, v_identity || '.')
                    OR right(o.identity, length(v_identity) + 4) = ' on ' || v_identity)) AS e
    ), found AS (
        SELECT DISTINCT ON (w.part) w.part, w.committed_at, n.script_execution_hk, n.load_date,
            n.row_time = w.committed_at OR (n.recorder = w.writer AND 1 = (
                SELECT count(*) FROM near AS o WHERE o.writer = w.writer AND o.recorder = w.writer)) AS is_exact
        FROM written AS w
        LEFT JOIN near AS n ON n.writer = w.writer AND CASE WHEN w.committed_at IS NOT NULL AND n.row_time IS NOT NULL
            THEN n.row_time = w.committed_at ELSE n.recorder = w.writer OR w.writer <= n.row_writer END
        -- The command that wrote it ended before its execution was recorded.
        ORDER BY w.part, n.command > w.command DESC NULLS LAST, n.recorder DESC, n.command
    )
    SELECT f.part, f.script_execution_hk, f.load_date, f.committed_at,
        CASE WHEN f.script_execution_hk IS NULL THEN CASE WHEN f.committed_at IS NOT NULL THEN 'time only' END
            WHEN f.is_exact THEN 'exact' ELSE 'likely' END
    FROM found AS f
    WHERE f.script_execution_hk IS NOT NULL OR f.committed_at IS NOT NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_catalog_writers(pg_catalog.bytea) IS
    'Which execution wrote the parts of an object last, by the transactions that the catalogs name, and how that is known: '
    'exact, likely, or time only';
