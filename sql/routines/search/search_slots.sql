-- Returns the slots that each block has whose texts contain p_text. At p_is_start and p_is_end a word of the block begins
-- and ends there; elsewhere the first and the last word of p_text may be parts of longer words.
-- Words are as in write_search_segment: lower case by the collation C, so that ASCII alone is folded, in any database.
CREATE OR REPLACE FUNCTION script_tracking.search_slots(
    p_text pg_catalog.text,
    p_is_start pg_catalog.bool,
    p_is_end pg_catalog.bool
)
RETURNS pg_catalog.int4[]
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH word AS (
        SELECT w.word, (w.place > 1 OR p_is_start) AND (w.place < count(*) OVER () OR p_is_end) AS is_whole
        FROM unnest(string_to_array(translate(lower(p_text COLLATE "C"),
            E' \t\n\r\f\v!"#$%&''()*+,-./:;<=>?@[\\]^`{|}~', '                                      '), ' '))
            WITH ORDINALITY AS w (word, place)
    ), slot AS (
        SELECT hashtext(w.word COLLATE "C" || ' ') AS hash FROM word AS w WHERE w.is_whole AND w.word <> ''
        UNION
        SELECT hashtext(substr(w.word, p.place, 6) COLLATE "C")
        FROM word AS w CROSS JOIN LATERAL generate_series(1, length(w.word) - 5) AS p (place)
        WHERE NOT w.is_whole
        UNION
        SELECT hashtext(substr(w.word, p.place, 3) COLLATE "C")
        FROM word AS w CROSS JOIN LATERAL generate_series(1, length(w.word) - 2) AS p (place)
        WHERE NOT w.is_whole AND length(w.word) < 6
    )
    SELECT coalesce(array_agg(DISTINCT s.hash & 262143), '{}') FROM slot AS s
$function$;

COMMENT ON FUNCTION script_tracking.search_slots(pg_catalog.text, pg_catalog.bool, pg_catalog.bool) IS
    'The slots that each block of the search has whose texts contain a text; empty: it says nothing about them';
