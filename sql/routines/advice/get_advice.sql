-- Lists what the record proves to cost time or to be left over, with evidence and a statement: those first that cost most seconds a
-- month, then those of which no time is known. seconds_a_month are the recorded seconds of the time since p_since, divided by its
-- months; a time shorter than 30 days counts as 30. What is about the whole database is shown to those who see all tenants, where no
-- tenant is asked for.
CREATE OR REPLACE FUNCTION script_tracking.get_advice(
    kind pg_catalog.text DEFAULT NULL,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    maximum_rows pg_catalog.int8 DEFAULT 50
)
RETURNS TABLE (
    advice_kind pg_catalog.text,
    subject pg_catalog.text,
    tenant pg_catalog.text,
    seconds_a_month pg_catalog."numeric",
    cases pg_catalog.int8,
    first_seen pg_catalog.timestamptz,
    last_seen pg_catalog.timestamptz,
    evidence pg_catalog.text,
    statement pg_catalog.text,
    execution_keys pg_catalog.text[]
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    v_kind CONSTANT pg_catalog.text := get_advice.kind;
    v_tenant_hk CONSTANT pg_catalog.bytea := get_advice.tenant_hk;
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_advice.since, statement_timestamp() - '90 days'::pg_catalog."interval");
    v_months CONSTANT pg_catalog."numeric" := greatest(extract(epoch FROM statement_timestamp() - v_since) / (30 * 86400), 1);
    v_is_about_all CONSTANT pg_catalog.bool := v_tenant_hk IS NULL AND script_tracking.sees_all_tenants();
BEGIN
    IF v_kind NOT IN ('failure', 'lock', 'slower', 'build', 'invalid', 'grant', 'behind') THEN
        RAISE EXCEPTION 'there is no advice of the kind %', v_kind USING ERRCODE = 'DT006',
            HINT = 'failure, lock, slower, build, behind, invalid or grant';
    END IF;
    PERFORM script_tracking.record_access('advise', encode(v_tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    SELECT a.kind, a.subject,
        (SELECT h.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = a.tenant_hk),
        round(a.seconds / v_months, 3), a.cases, a.first_seen, a.last_seen, a.evidence, a.statement,
        ARRAY(SELECT encode(k.key, 'hex') FROM unnest(a.execution_keys) WITH ORDINALITY AS k (key, place) ORDER BY k.place)
    FROM (
        SELECT 1 AS place, f.* FROM script_tracking.advise_repeated_failures(v_tenant_hk, v_since) AS f
        WHERE coalesce(v_kind, 'failure') = 'failure'
        UNION ALL
        SELECT 2, w.* FROM script_tracking.advise_lock_waits(v_tenant_hk, v_since) AS w WHERE coalesce(v_kind, 'lock') = 'lock'
        UNION ALL
        SELECT 3, s.* FROM script_tracking.advise_slower(v_tenant_hk, v_since) AS s WHERE coalesce(v_kind, 'slower') = 'slower'
        UNION ALL
        SELECT 4, b.* FROM script_tracking.advise_blocking_indexes(v_tenant_hk, v_since) AS b
        WHERE coalesce(v_kind, 'build') = 'build'
        UNION ALL
        SELECT 5, h.* FROM script_tracking.advise_held_back() AS h WHERE v_is_about_all AND coalesce(v_kind, 'behind') = 'behind'
        UNION ALL
        SELECT 6, i.* FROM script_tracking.advise_invalid_indexes(v_since) AS i
        WHERE v_is_about_all AND coalesce(v_kind, 'invalid') = 'invalid'
        UNION ALL
        SELECT 7, g.* FROM script_tracking.advise_unused_grants(v_since) AS g
        WHERE v_is_about_all AND coalesce(v_kind, 'grant') = 'grant'
    ) AS a
    ORDER BY a.seconds DESC NULLS LAST, a.place, a.cases DESC, a.subject
    LIMIT get_advice.maximum_rows;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_advice(pg_catalog.text, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.int8) IS
    'What the record proves to cost time or to be left over (arguments kind, tenant_hk, since, maximum_rows): evidence, a statement, '
    'and the seconds a month';
