-- Predicts when what is running ends, when what failed repeatedly fails again, and when partitions, the record's size and its
-- retention run out: each as an interval, with how sure it is and from how many cases. What is about the whole database is
-- shown to those who see all tenants, where no tenant is asked for.
CREATE OR REPLACE FUNCTION script_tracking.get_predictions(
    kind pg_catalog.text DEFAULT NULL,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    size_limit pg_catalog.text DEFAULT NULL,
    maximum_rows pg_catalog.int8 DEFAULT 20
)
RETURNS TABLE (
    prediction_kind pg_catalog.text,
    subject pg_catalog.text,
    tenant pg_catalog.text,
    state pg_catalog.text,
    expected_from pg_catalog.timestamptz,
    expected_at pg_catalog.timestamptz,
    expected_until pg_catalog.timestamptz,
    confidence pg_catalog."numeric",
    cases pg_catalog.int8,
    basis pg_catalog.text,
    execution_key pg_catalog.bytea
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $function$
#variable_conflict use_column
DECLARE
    v_kind CONSTANT pg_catalog.text := get_predictions.kind;
    v_tenant_hk CONSTANT pg_catalog.bytea := get_predictions.tenant_hk;
    v_size_limit pg_catalog.int8;
    v_is_about_all CONSTANT pg_catalog.bool := v_tenant_hk IS NULL AND script_tracking.sees_all_tenants();
BEGIN
    IF v_kind NOT IN ('operation', 'failure', 'partitions', 'retention', 'size') THEN
        RAISE EXCEPTION 'there are no predictions of the kind %', v_kind
            USING ERRCODE = 'DT006', HINT = 'operation, failure, partitions, retention or size';
    END IF;
    IF get_predictions.size_limit COLLATE "C" !~* '^\s*([0-9]{1,15}(\s*(b|bytes))?|[0-9]{1,6}(\.[0-9]{1,6})?\s*(kb|mb|gb|tb))\s*$' THEN
        RAISE EXCEPTION 'not a size: %', left(get_predictions.size_limit, 100)
            USING ERRCODE = 'DT006', HINT = 'for example 500MB, 50GB or 2TB';
    END IF;
    v_size_limit := pg_size_bytes(get_predictions.size_limit);
    PERFORM script_tracking.record_access('forecast', encode(v_tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    SELECT p.kind, p.subject,
        (SELECT h.tenant_bk::pg_catalog.text FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = p.tenant_hk), p.state,
        p.expected_from, p.expected_at, p.expected_until, p.confidence, p.cases, p.basis, p.execution_key
    FROM (
        SELECT 1 AS place, o.* FROM script_tracking.predict_operations(v_tenant_hk) AS o WHERE coalesce(v_kind, 'operation') = 'operation'
        UNION ALL
        SELECT 2, f.* FROM script_tracking.predict_failures(v_tenant_hk, get_predictions.maximum_rows) AS f
        WHERE coalesce(v_kind, 'failure') = 'failure'
        UNION ALL
        SELECT 3, s.* FROM script_tracking.predict_partitions() AS s WHERE v_is_about_all AND coalesce(v_kind, 'partitions') = 'partitions'
        UNION ALL
        SELECT 4, r.* FROM script_tracking.predict_retention(v_tenant_hk) AS r WHERE coalesce(v_kind, 'retention') = 'retention'
        UNION ALL
        SELECT 5, z.* FROM script_tracking.predict_size(v_size_limit) AS z WHERE v_is_about_all AND coalesce(v_kind, 'size') = 'size'
    ) AS p
    ORDER BY p.place, p.state IN ('LATE', 'DUE') DESC, p.state = 'EXPECTED' DESC, p.expected_at, p.cases DESC, p.subject;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_predictions(pg_catalog.text, pg_catalog.bytea, pg_catalog.text, pg_catalog.int8) IS
    'Predictions as intervals (arguments kind, tenant_hk, size_limit such as 50GB, maximum_rows of failures): when what is running '
    'ends, what failed fails again, and when partitions, retention and size run out';
