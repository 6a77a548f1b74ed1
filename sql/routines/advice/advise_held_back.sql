-- Lists the transaction that keeps rollups or seals behind, as the report health has it.
CREATE OR REPLACE FUNCTION script_tracking.advise_held_back()
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    seconds pg_catalog."numeric",
    cases pg_catalog.int8,
    first_seen pg_catalog.timestamptz,
    last_seen pg_catalog.timestamptz,
    evidence pg_catalog.text,
    statement pg_catalog.text,
    execution_keys pg_catalog.bytea[]
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT 'behind', h.health_metric, NULL::pg_catalog.bytea, NULL::pg_catalog."numeric", 1::pg_catalog.int8,
        NULL::pg_catalog.timestamptz, NULL::pg_catalog.timestamptz, h.details,
        coalesce('SELECT pg_terminate_backend(' || substring(h.details FROM '\mprocess ([0-9]+)') || ');',
            'ROLLBACK PREPARED ' || substring(h.details FROM 'prepared transaction (E?''(?:[^'']|'''')*'')') || ';',
            'dbtrack health'),
        '{}'::pg_catalog.bytea[]
    FROM (
        SELECT r.health_metric, r.details FROM script_tracking.get_rollup_health() AS r
        WHERE r.current_status <> 'OK' AND r.details LIKE '%held back by%'
        UNION ALL
        SELECT s.health_metric, s.details FROM script_tracking.get_seal_health() AS s
        WHERE s.current_status <> 'OK' AND s.details LIKE '%holds it back%'
    ) AS h;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_held_back() IS
    'The transaction that keeps rollups or seals behind';
