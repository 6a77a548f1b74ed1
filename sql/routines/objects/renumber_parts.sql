-- Completes the links of object_same_l whose new objects the record knows by now: which part has which number. Parts are the same by
-- kind and name. A column that was dropped before the restore gets a number that no column can have.
CREATE OR REPLACE FUNCTION script_tracking.renumber_parts()
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
DECLARE
    v_link record;
    v_renumbered pg_catalog.jsonb;
BEGIN
    FOR v_link IN
        SELECT l.object_same_hk, l.old_object_hk, l.new_object_hk, l.load_date, (
            WITH RECURSIVE earlier (object_hk, depth) AS (
                SELECT l.old_object_hk, 1
                UNION ALL
                SELECT e.old_object_hk, c.depth + 1 FROM earlier AS c
                JOIN script_tracking.object_same_l AS e ON e.new_object_hk = c.object_hk AND e.load_date < l.load_date
                WHERE c.depth < 1000
            ) SELECT max(c.depth) FROM earlier AS c) AS generation
        FROM script_tracking.object_same_l AS l
        -- Not those of the sources of a vault, which come with their numbers.
        WHERE l.renumbered IS NULL AND NOT EXISTS (SELECT FROM script_tracking.vault_tenant AS t WHERE t.tenant_hk = l.tenant_hk)
            AND EXISTS (SELECT FROM script_tracking.object_s AS s
            WHERE s.object_hk = l.new_object_hk AND s.load_date >= l.load_date)
    LOOP
        WITH old AS MATERIALIZED (
            SELECT p.part, p.kind, p.name
            FROM script_tracking.get_object_parts(ARRAY[v_link.old_object_hk], v_link.load_date - '1 us'::pg_catalog."interval") AS p
        ), same AS MATERIALIZED (
            SELECT o.part, n.part AS new_part
            FROM old AS o
            JOIN script_tracking.get_object_parts(ARRAY[v_link.new_object_hk], NULL) AS n ON n.kind = o.kind AND n.name = o.name
            WHERE o.kind NOT IN ('comment', 'relation', 'definition')
        ), renumbered AS (
            SELECT s.part, s.new_part FROM same AS s
            UNION ALL
            SELECT k.part, 'column ' || substr(k.part, 8)::pg_catalog.int4 + 10000 * v_link.generation
            FROM (SELECT DISTINCT e.part FROM script_tracking.object_s AS s CROSS JOIN LATERAL jsonb_object_keys(s.definition) AS e (part)
                WHERE s.object_hk = v_link.old_object_hk AND s.load_date < v_link.load_date AND e.part LIKE 'column %') AS k
            WHERE k.part NOT IN (SELECT s.part FROM same AS s)
        )
        SELECT coalesce(jsonb_object_agg(r.part, r.new_part) FILTER (WHERE r.part <> r.new_part), '{}') INTO v_renumbered
        FROM renumbered AS r;
        UPDATE script_tracking.object_same_l AS l SET renumbered = v_renumbered WHERE l.object_same_hk = v_link.object_same_hk;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.renumber_parts() IS 'Completes the links of object_same_l';
