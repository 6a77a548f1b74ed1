-- Returns the executions here that recorded versions which a source sent, by the row that has their digest: of what capture recorded,
-- the execution that the version names; of what maintain added, the run of maintain at the same moment.
CREATE OR REPLACE FUNCTION script_tracking.vault_recorders(p_source_name pg_catalog.text, p_versions pg_catalog.json)
RETURNS TABLE (key pg_catalog.bytea, load_date pg_catalog.timestamptz)
LANGUAGE plpgsql STABLE ROWS 500
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT DISTINCT r.load_date, CASE WHEN r.cause IN ('captured', 'follows') THEN r.script_execution_hk END AS key
        FROM json_to_recordset(p_versions) AS r (load_date pg_catalog.timestamptz, script_execution_hk pg_catalog.bytea,
            cause pg_catalog.text)
    )
    SELECT e.script_execution_hk, e.load_date
    FROM version AS v
    CROSS JOIN LATERAL (
        SELECT s.script_execution_hk, s.load_date FROM script_tracking.script_execution_s AS s
        JOIN script_tracking.vault_tenant AS t ON t.tenant_hk = s.tenant_hk AND t.source_name = p_source_name
        WHERE v.key IS NULL AND s.load_date = v.load_date AND s.script_type = 'MAINTENANCE' AND s.script_name = 'dbtrack maintain'
        OFFSET 0) AS e
    UNION ALL
    SELECT v.key, coalesce(e.load_date, c.load_date)
    FROM version AS v
    LEFT JOIN LATERAL (
        SELECT s.load_date FROM script_tracking.script_execution_s AS s
        WHERE s.load_date = v.load_date AND s.script_execution_hk = v.key OFFSET 0) AS e ON true
    LEFT JOIN LATERAL (
        -- A statement that commits part-way has its versions from its end. OFFSET 0: one look-up by key after the other.
        SELECT s.load_date
        FROM (SELECT h.load_date FROM script_tracking.script_execution_h AS h
            WHERE e.load_date IS NULL AND h.script_execution_hk = v.key OFFSET 0) AS h
        CROSS JOIN LATERAL (SELECT f.load_end_date FROM script_tracking.script_execution_s AS f
            WHERE f.load_date = h.load_date AND f.script_execution_hk = v.key
                AND f.load_end_date BETWEEN v.load_date - '1 minute'::pg_catalog."interval" AND v.load_date OFFSET 0) AS f
        CROSS JOIN LATERAL (SELECT l.load_date FROM script_tracking.script_execution_s AS l
            WHERE l.load_date = f.load_end_date AND l.script_execution_hk = v.key OFFSET 0) AS s
        LIMIT 1) AS c ON true
    WHERE v.key IS NOT NULL AND coalesce(e.load_date, c.load_date) IS NOT NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.vault_recorders(pg_catalog.text, pg_catalog.json) IS
    'The executions that recorded versions which a source sent; for the functions of this schema';
