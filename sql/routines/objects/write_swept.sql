-- Records one execution of maintain and appends the versions that a sweep found. What an execution explains keeps that execution; the
-- digest of all of them is in the metadata of this one, so that its seal covers them. A row as relation_parts returns it is followed by the
-- execution that explains it, and by the object that it is since a restore, both or one null.
CREATE OR REPLACE FUNCTION script_tracking.write_swept(p_rows pg_catalog.jsonb[])
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_nothing CONSTANT pg_catalog.bytea := decode(repeat('00', 32), 'hex');
    v_execution record;
    v_digest pg_catalog.text;
    v_attribution pg_catalog.text;
BEGIN
    -- Which execution and tenant each version names is proven too; of a version that names this execution, its place is zeros.
    SELECT encode(sha256(string_agg(decode(r.value ->> 6, 'hex') || coalesce(decode(r.value ->> 7, 'hex'), c_nothing)
        || coalesce(t.tenant_hk, c_nothing) || coalesce(decode(r.value ->> 8, 'hex'), ''), ''
        ORDER BY (r.value ->> 0) COLLATE "C")), 'hex')
    INTO v_attribution
    FROM unnest(p_rows) AS r (value)
    LEFT JOIN script_tracking.tenant_schema_l AS t
        ON t.schema_name = script_tracking.schema_of_identity(r.value ->> 2);
    SELECT encode(sha256(string_agg(decode(r.value ->> 6, 'hex'), '' ORDER BY (r.value ->> 0) COLLATE "C")), 'hex') INTO v_digest
    FROM unnest(p_rows) AS r (value);
    v_execution := script_tracking.insert_execution('dbtrack maintain', 'MAINTENANCE', 'COMPLETED', statement_timestamp(),
        (extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000000)::pg_catalog.int8, NULL, '{}', NULL, NULL,
        script_tracking.session_metadata() || jsonb_build_object('object_digest', v_digest, 'attribution_digest', v_attribution,
            'described_objects', cardinality(p_rows)), 'maintain');
    INSERT INTO script_tracking.object_s
        (object_hk, load_date, hash_diff, script_execution_hk, tenant_hk, object_type, object_identity, cause, grantees,
         definition, object_bk, record_source)
    SELECT sha256(convert_to(r.value ->> 0, 'SQL_ASCII')), v_execution.o_load_date, decode(r.value ->> 6, 'hex'),
        coalesce(decode(r.value ->> 7, 'hex'), v_execution.o_script_execution_hk), t.tenant_hk, r.value ->> 1, r.value ->> 2,
        r.value ->> 3,
        CASE WHEN r.value -> 4 <> 'null' THEN ARRAY(SELECT jsonb_array_elements_text(r.value -> 4)) END, r.value -> 5,
        r.value ->> 0, v_execution.o_record_source
    FROM unnest(p_rows) AS r (value)
    LEFT JOIN script_tracking.tenant_schema_l AS t
        ON t.schema_name = script_tracking.schema_of_identity(r.value ->> 2);
    INSERT INTO script_tracking.object_same_l
        (object_same_hk, old_object_hk, new_object_hk, tenant_hk, load_date, script_execution_hk, record_source)
    SELECT sha256(o.old || o.new || convert_to(v_execution.o_load_date::pg_catalog.text, 'SQL_ASCII')), o.old, o.new, t.tenant_hk,
        v_execution.o_load_date, v_execution.o_script_execution_hk, v_execution.o_record_source
    FROM unnest(p_rows) AS r (value)
    CROSS JOIN LATERAL (
        SELECT sha256(convert_to(r.value ->> 0, 'SQL_ASCII')) AS old, decode(r.value ->> 8, 'hex') AS new) AS o
    LEFT JOIN script_tracking.tenant_schema_l AS t
        ON t.schema_name = script_tracking.schema_of_identity(r.value ->> 2)
    WHERE o.new IS NOT NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.write_swept(pg_catalog.jsonb[]) IS
    'Appends the versions of objects that a sweep found; for the functions of this schema';
