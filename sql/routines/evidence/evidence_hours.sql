-- Returns the times of the week in which changes are expected, from the setting evidence.hours: 'Mon-Fri 07:00-19:00, Sat
-- 09:00-12:00'. Hours over midnight become two rows. No row: no hours are set.
CREATE OR REPLACE FUNCTION script_tracking.evidence_hours(p_hours pg_catalog.text)
RETURNS TABLE (
    weekday pg_catalog.int4,
    opens pg_catalog."time",
    closes pg_catalog."time"
)
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    c_days CONSTANT pg_catalog.text[] := '{mon,tue,wed,thu,fri,sat,sun}';
    v_piece pg_catalog.text;
    v_words pg_catalog.text[];
    v_first pg_catalog.int4;
    v_count pg_catalog.int4;
    v_opens pg_catalog."time";
    v_closes pg_catalog."time";
BEGIN
    FOREACH v_piece IN ARRAY string_to_array(p_hours, ',') LOOP
        v_piece := lower(btrim(v_piece) COLLATE "C");
        CONTINUE WHEN v_piece = '';
        v_words := regexp_match(v_piece, '^(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))?'
            || '\s+([01]?[0-9]|2[0-3]):([0-5][0-9])\s*-\s*(?:([01]?[0-9]|2[0-3]):([0-5][0-9])|(24:00))$');
        IF v_words IS NULL THEN
            RAISE EXCEPTION 'evidence.hours cannot be "%"', p_hours
                USING ERRCODE = 'DT006', HINT = 'for example: Mon-Fri 07:00-19:00, Sat 09:00-12:00';
        END IF;
        v_first := array_position(c_days, v_words[1]);
        v_count := (array_position(c_days, coalesce(v_words[2], v_words[1])) - v_first + 7) % 7;
        v_opens := make_time(v_words[3]::pg_catalog.int4, v_words[4]::pg_catalog.int4, 0);
        v_closes := CASE WHEN v_words[7] IS NOT NULL THEN '24:00'::pg_catalog."time"
            ELSE make_time(v_words[5]::pg_catalog.int4, v_words[6]::pg_catalog.int4, 0) END;
        RETURN QUERY
        SELECT (v_first - 1 + d.n + h.later) % 7 + 1, h.opens, h.closes
        FROM generate_series(0, v_count) AS d (n)
        CROSS JOIN LATERAL (
            SELECT 0, v_opens, v_closes WHERE v_opens < v_closes
            UNION ALL
            SELECT x.later, x.opens, x.closes
            FROM (VALUES (0, v_opens, '24:00'::pg_catalog."time"), (1, '00:00'::pg_catalog."time", v_closes))
                AS x (later, opens, closes)
            WHERE v_opens >= v_closes AND x.opens < x.closes
        ) AS h (later, opens, closes);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_hours(pg_catalog.text) IS
    'The times of the week in which changes are expected, from the setting evidence.hours';
