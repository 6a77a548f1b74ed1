-- Returns keyed hashes of the literals in a part of a definition: what is in quotes, a body in dollar quotes and what is in quotes
-- inside it, comments, and the labels of an enum. Not the empty one, nor the marks of what was left out.
CREATE OR REPLACE FUNCTION script_tracking.part_literals(p_part pg_catalog.text, p_body pg_catalog.jsonb)
RETURNS pg_catalog.bytea[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
DECLARE
    c_many_dollars CONSTANT pg_catalog.int4 := 40;
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT sha256(s.secret || convert_to(l.literal, CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII'
            ELSE 'UTF8' END))
        FROM script_tracking.capture_secret AS s
        CROSS JOIN (
            SELECT m.matched[2] AS literal
            FROM jsonb_path_query(p_body, 'strict $.** ? (@.type() == "string")') AS t (value)
            CROSS JOIN LATERAL regexp_matches(t.value #>> '{}', $re$(\$\w*\$)(.*?)\1$re$, 'g') AS m (matched)
            WHERE length(t.value #>> '{}') < 100000
                AND length(t.value #>> '{}') - length(replace(t.value #>> '{}', '$', '')) < c_many_dollars
            UNION ALL
            -- Finding which of many dollar quotes belong together takes the square of their number: then what stands between any two.
            SELECT b.literal
            FROM jsonb_path_query(p_body, 'strict $.** ? (@.type() == "string")') AS t (value)
            CROSS JOIN LATERAL regexp_split_to_table(t.value #>> '{}', $re$\$\w*\$$re$) WITH ORDINALITY AS b (literal, place)
            WHERE b.place > 1 AND (length(t.value #>> '{}') >= 100000
                OR length(t.value #>> '{}') - length(replace(t.value #>> '{}', '$', '')) >= c_many_dollars)
            UNION ALL
            SELECT m.matched[1]
            FROM jsonb_path_query(p_body, 'strict $.** ? (@.type() == "string")') AS t (value)
            CROSS JOIN LATERAL regexp_matches(regexp_replace(t.value #>> '{}', $re$nextval[(]'[^']*'::regclass[)]$re$, '', 'g'),
                $re$'((?:[^']|'')*)'$re$, 'g') AS m (matched)
            UNION ALL
            SELECT p_body ->> 2 WHERE starts_with(p_part, 'comment ') AND jsonb_typeof(p_body) = 'array'
            UNION ALL
            SELECT p_body ->> 'comment' WHERE jsonb_typeof(p_body) = 'object'
            UNION ALL
            SELECT jsonb_array_elements_text(p_body -> 'labels') WHERE jsonb_typeof(p_body -> 'labels') = 'array'
        ) AS l
        WHERE l.literal <> '' AND l.literal <> '***' AND l.literal NOT LIKE '[redacted: %');
END
$function$;

COMMENT ON FUNCTION script_tracking.part_literals(pg_catalog.text, pg_catalog.jsonb) IS
    'Keyed hashes of the literals in a part of a definition';
