-- Returns the versions that objects had before restores, under the keys and the numbers of parts that they have now. Their last versions
-- there, which only say that the database was restored, are left out.
CREATE OR REPLACE FUNCTION script_tracking.earlier_versions(p_objects pg_catalog.bytea[], p_moment pg_catalog.timestamptz DEFAULT NULL)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    load_date pg_catalog.timestamptz,
    version_number pg_catalog.int8,
    script_execution_hk pg_catalog.bytea,
    cause pg_catalog.text,
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    definition pg_catalog.jsonb
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_link record;
BEGIN
    FOR v_link IN
        WITH RECURSIVE chain (object_hk, old_object_hk, load_date, maps) AS (
            SELECT l.new_object_hk, l.old_object_hk, l.load_date, ARRAY[coalesce(l.renumbered, '{}')]
            FROM script_tracking.object_same_l AS l
            WHERE l.new_object_hk = ANY (p_objects) AND l.load_date <= coalesce(p_moment, 'infinity')
            UNION ALL
            SELECT c.object_hk, l.old_object_hk, l.load_date, coalesce(l.renumbered, '{}') || c.maps
            FROM chain AS c
            JOIN script_tracking.object_same_l AS l ON l.new_object_hk = c.old_object_hk AND l.load_date < c.load_date
            WHERE cardinality(c.maps) < 1000
        )
        SELECT c.* FROM chain AS c
    LOOP
        RETURN QUERY
        SELECT v_link.object_hk, s.load_date, s.version_number, s.script_execution_hk, s.cause::pg_catalog.text, s.object_type,
            s.object_identity, d.definition
        FROM script_tracking.object_s AS s
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(CASE WHEN e.key LIKE 'comment %'
                THEN 'comment ' || script_tracking.renumbered_part(substr(e.key, 9), v_link.maps)
                ELSE script_tracking.renumbered_part(e.key, v_link.maps) END, e.value) AS definition
            FROM jsonb_each(s.definition) AS e) AS d
        WHERE s.object_hk = v_link.old_object_hk AND s.load_date < v_link.load_date
            AND s.load_date > script_tracking.object_began(v_link.old_object_hk, v_link.load_date - '1 us'::pg_catalog."interval");
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.earlier_versions(pg_catalog.bytea[], pg_catalog.timestamptz) IS
    'The versions that objects had before restores, with the numbers of parts that they have now';
