-- Returns what the text of a GRANT or REVOKE names: the kind of its objects, their names (those of schemas for ALL ...
-- IN SCHEMA), the numbers of large objects, the grantees. Arguments of functions count as names too: grant_candidates
-- takes all objects with such a name, and only those that the command wrote are kept.
CREATE OR REPLACE FUNCTION script_tracking.grant_names(
    p_statement pg_catalog.text,
    OUT o_kind pg_catalog.text,
    OUT o_names pg_catalog._name,
    OUT o_numbers pg_catalog._oid,
    OUT o_grantees pg_catalog._name
)
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_token constant pg_catalog.text := E'("(?:[^"]|"")+"|(?:[[:alpha:]_]|[^\\u0001-\\u007f])(?:[[:alnum:]_$]|[^\\u0001-\\u007f])*'
        '|[0-9]+|--[^\\n\\r]*|/[*](?:[^*/]|[*]+[^*/]|/+[^*/])*[*]+/|[,])';
    v_words pg_catalog.text[];
    v_word pg_catalog.text;
    v_on pg_catalog.int4;
    v_end pg_catalog.int4;
BEGIN
    -- Without quotes, comments and numbers, words are the text between blanks and punctuation: a regular expression
    -- would take ten times as long to find them.
    IF translate(p_statement, E'"''-/$\\', '') = p_statement THEN
        v_words := array_remove(string_to_array(lower(
            translate(p_statement, E'.,;()[]\n\r\t\f\013', repeat(' ', 12)) COLLATE "C"), ' '), '');
        v_on := coalesce(array_position(v_words, 'on'), 0);
        v_end := least(array_position(v_words, 'to', v_on + 1), array_position(v_words, 'from', v_on + 1));
        IF v_on > 0 AND v_end > v_on AND v_words[v_on + 1] <> 'large' THEN
            o_kind := array_to_string(v_words[v_on + 1:v_on + 4], ' ');
            o_names := v_words[v_on + 1:v_end - 1];
            o_grantees := '{}';
            FOREACH v_word IN ARRAY v_words[v_end + 1:] LOOP
                EXIT WHEN v_word IN ('with', 'granted', 'cascade', 'restrict');
                IF v_word <> 'group' AND v_word <> ALL (o_grantees) THEN
                    o_grantees := o_grantees || v_word::pg_catalog.name;
                END IF;
            END LOOP;
        END IF;
    END IF;
    IF o_kind IS NULL THEN
        WITH token AS MATERIALIZED (
            SELECT t.position, t.match[1] AS word,
                CASE WHEN t.match[1] LIKE '"%' THEN replace(substr(t.match[1], 2, length(t.match[1]) - 2), '""', '"')
                    ELSE lower(t.match[1] COLLATE "C") END::pg_catalog.name AS name
            FROM regexp_matches(p_statement, c_token, 'g') WITH ORDINALITY AS t (match, position)
            WHERE left(t.match[1], 2) NOT IN ('--', '/*') AND t.match[1] <> ','
        ), place AS MATERIALIZED (
            SELECT min(t.position) AS named FROM token AS t WHERE lower(t.word COLLATE "C") = 'on'
        ), part AS MATERIALIZED (
            SELECT p.named, (SELECT min(t.position) FROM token AS t
                WHERE t.position > p.named AND lower(t.word COLLATE "C") IN ('to', 'from')) AS granted
            FROM place AS p
        )
        SELECT string_agg(lower(t.word COLLATE "C"), ' ' ORDER BY t.position)
                FILTER (WHERE t.position BETWEEN p.named AND p.named + 4),
            array_agg(DISTINCT t.name) FILTER (WHERE t.position < p.granted),
            array_agg(DISTINCT t.word::pg_catalog.oid) FILTER (WHERE t.position < p.granted AND t.word ~ '^[0-9]{1,9}$'),
            array_agg(DISTINCT t.name) FILTER (WHERE t.position > p.granted AND lower(t.word COLLATE "C") <> 'group'
                AND t.position < coalesce((SELECT min(e.position) FROM token AS e WHERE e.position > p.granted
                    AND lower(e.word COLLATE "C") IN ('with', 'granted', 'cascade', 'restrict')), 2147483647))
        INTO o_kind, o_names, o_numbers, o_grantees
        FROM token AS t
        CROSS JOIN part AS p
        WHERE t.position > p.named;
    END IF;
    o_kind := coalesce(substring(o_kind FROM '^(all (?:tables|sequences|functions|procedures|routines) in schema'
        '|function|procedure|routine|schema|language|type|domain|large object|foreign data wrapper|foreign server)[[:>:]]'),
        'relation');
    o_kind := CASE WHEN o_kind IN ('all tables in schema', 'all sequences in schema') THEN 'relations of schema'
        WHEN o_kind LIKE 'all %' THEN 'functions of schema' WHEN o_kind IN ('procedure', 'routine') THEN 'function'
        WHEN o_kind = 'domain' THEN 'type' ELSE o_kind END;
END
$function$;

COMMENT ON FUNCTION script_tracking.grant_names(pg_catalog.text) IS 'What the text of a GRANT or REVOKE names';
