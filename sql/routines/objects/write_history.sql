-- Appends the versions of objects that captured_history returned, as the capture functions do it themselves where there is one
-- execution to write and no more. In a loop, which is a portal of its own: see event_trigger_ddl_end.
CREATE OR REPLACE FUNCTION script_tracking.write_history(
    p_rows pg_catalog.jsonb,
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_tenant_hk pg_catalog.bytea,
    p_record_source pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_objects ALIAS FOR p_rows;
    v_void pg_catalog.text;
BEGIN
    FOR v_void IN
        INSERT INTO script_tracking.object_s
            (object_hk, load_date, hash_diff, script_execution_hk, tenant_hk, object_type, object_identity, cause, grantees,
             definition, object_bk, record_source)
        SELECT sha256(convert_to(o.value ->> 0, 'SQL_ASCII')), p_load_date, decode(o.value ->> 6, 'hex'), p_execution_hk,
            p_tenant_hk, o.value ->> 1, o.value ->> 2, o.value ->> 3,
            CASE WHEN o.value -> 4 <> 'null' THEN ARRAY(SELECT jsonb_array_elements_text(o.value -> 4)) END,
            o.value -> 5, o.value ->> 0, p_record_source
        FROM jsonb_array_elements(v_objects) AS o
                RETURNING ''
    LOOP
        NULL;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.write_history(
    pg_catalog.jsonb, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog.text) IS
    'Appends the versions of objects that an execution made; for the functions of this schema';
