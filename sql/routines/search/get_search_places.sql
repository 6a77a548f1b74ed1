-- Returns where versions are that may contain what a search looks for, for versions_within; NULL if it should read the rows
-- instead. p_alternatives is a JSON array of alternatives; each is an array of texts that an execution has together, as
-- {"text": "orders", "is_start": true, "is_end": false}: whether the text that is searched begins and ends there.
CREATE OR REPLACE FUNCTION script_tracking.get_search_places(
    p_alternatives pg_catalog.jsonb,
    p_since pg_catalog.timestamptz DEFAULT NULL,
    p_until pg_catalog.timestamptz DEFAULT NULL,
    p_tenant_hk pg_catalog.bytea DEFAULT NULL,
    p_most_versions pg_catalog.int8 DEFAULT NULL,
    OUT o_starts pg_catalog.timestamptz[],
    OUT o_ends pg_catalog.timestamptz[],
    OUT o_load_dates pg_catalog.text[],
    OUT o_after pg_catalog.timestamptz,
    OUT o_versions pg_catalog.int8
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_slots pg_catalog.text[] := ARRAY(
        SELECT DISTINCT ARRAY(
            SELECT DISTINCT u.slot
            FROM jsonb_array_elements(a.texts) AS t (item)
            CROSS JOIN LATERAL unnest(script_tracking.search_slots(t.item ->> 'text',
                (t.item -> 'is_start')::pg_catalog.bool, (t.item -> 'is_end')::pg_catalog.bool)) AS u (slot)
            ORDER BY u.slot)::pg_catalog.text
        FROM jsonb_array_elements(p_alternatives) AS a (texts));
BEGIN
    -- One that may be anywhere.
    IF '{}' = ANY (v_slots) THEN
        RETURN;
    END IF;
    -- What has all slots of one alternative is found without those that have more.
    v_slots := ARRAY(SELECT a.slots FROM unnest(v_slots) AS a (slots)
        WHERE NOT EXISTS (SELECT FROM unnest(v_slots) AS o (slots)
            WHERE o.slots <> a.slots AND o.slots::pg_catalog.int4[] <@ a.slots::pg_catalog.int4[]));
    SELECT p.o_starts, p.o_ends, p.o_load_dates, p.o_after, p.o_versions INTO o_starts, o_ends, o_load_dates, o_after, o_versions
    FROM script_tracking.search_places(v_slots, coalesce(p_since, '-infinity'), p_until, p_tenant_hk, p_most_versions,
        script_tracking.sees_all_tenants()) AS p;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_search_places(
    pg_catalog.jsonb, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog.int8) IS
    'Where versions are that may contain what a search looks for; NULL: read the rows';
