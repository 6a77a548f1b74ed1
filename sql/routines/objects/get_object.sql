-- Returns the one object that a name stands for, or raises an error that says what else it could be.
CREATE OR REPLACE FUNCTION script_tracking.get_object(
    p_name pg_catalog.text,
    p_moment pg_catalog.timestamptz DEFAULT NULL,
    p_schemas pg_catalog.text[] DEFAULT pg_catalog.current_schemas(true)
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    has_name pg_catalog.bool,
    is_dropped pg_catalog.bool,
    kind pg_catalog.text,
    part_name pg_catalog.text,
    named_from pg_catalog.timestamptz,
    named_until pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_found pg_catalog.text[];
BEGIN
    IF p_name ~ '^[0-9a-f]{64}$' THEN
        RETURN QUERY
        SELECT s.object_hk, s.object_type, s.object_identity, true, false, NULL::pg_catalog.text, NULL::pg_catalog.text,
            s.load_date, NULL::pg_catalog.timestamptz
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = decode(p_name, 'hex') AND s.load_date <= coalesce(p_moment, 'infinity')
        ORDER BY s.load_date DESC, s.version_number DESC
        LIMIT 1;
    ELSE
        SELECT o.* INTO object_hk, object_type, object_identity, has_name, is_dropped, kind, part_name, named_from, named_until
        FROM script_tracking.get_objects(p_name, p_moment, p_schemas) AS o LIMIT 1;
        IF object_identity LIKE '%(%' AND p_name NOT LIKE '%(%' THEN
            -- Functions of one name in one schema: nothing decides between them.
            SELECT array_agg(o.object_identity ORDER BY o.object_identity)
            INTO v_found
            FROM script_tracking.get_objects(p_name, p_moment, p_schemas) AS o
            WHERE o.has_name AND o.object_identity LIKE '%(%';
        END IF;
        IF cardinality(v_found) > 1 THEN
            RAISE EXCEPTION '% is the name of % functions', p_name, cardinality(v_found)
                USING ERRCODE = 'DT006', HINT = 'one of ' || replace(array_to_string(v_found, ', '), 'pg_catalog.', '');
        END IF;
        IF object_hk IS NOT NULL THEN
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no object called % is in the record%', p_name,
            CASE WHEN p_moment IS NOT NULL THEN ' at that time' ELSE '' END
            USING ERRCODE = 'DT006', HINT = 'dbtrack maintain records objects that are older than their history';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text[]) IS
    'The object that a name, or a hash key of 64 digits, stands for at a moment; an error if there is none, or if a function''s '
    'name needs its arguments';
