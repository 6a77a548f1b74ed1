-- What the text of a GRANT or REVOKE names: the kind of its objects, their names (those of schemas for ALL ... IN SCHEMA),
-- the numbers of large objects, the grantees. Arguments of functions count as names too: grant_candidates takes all that
-- have a name, and only what the command wrote is kept.
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
BEGIN
    WITH token AS MATERIALIZED (
        SELECT t.position, t.match[1] AS word,
            CASE WHEN t.match[1] LIKE '"%' THEN replace(substr(t.match[1], 2, length(t.match[1]) - 2), '""', '"')
                ELSE lower(t.match[1] COLLATE "C") END::pg_catalog.name AS name
        FROM regexp_matches(p_statement, c_token, 'g') WITH ORDINALITY AS t (match, position)
        WHERE left(t.match[1], 2) NOT IN ('--', '/*') AND t.match[1] <> ','
    ), place AS MATERIALIZED (
        SELECT min(t.position) AS named FROM token AS t WHERE t.word ILIKE 'on'
    ), part AS MATERIALIZED (
        SELECT p.named, (SELECT min(t.position) FROM token AS t
            WHERE t.position > p.named AND lower(t.word) IN ('to', 'from')) AS granted
        FROM place AS p
    )
    SELECT string_agg(lower(t.word), ' ' ORDER BY t.position) FILTER (WHERE t.position BETWEEN p.named AND p.named + 4),
        array_agg(DISTINCT t.name) FILTER (WHERE t.position < p.granted),
        array_agg(DISTINCT t.word::pg_catalog.oid) FILTER (WHERE t.position < p.granted AND t.word ~ '^[0-9]{1,9}$'),
        array_agg(DISTINCT t.name) FILTER (WHERE t.position > p.granted AND lower(t.word) <> 'group'
            AND t.position < coalesce((SELECT min(e.position) FROM token AS e WHERE e.position > p.granted
                AND lower(e.word) IN ('with', 'granted', 'cascade', 'restrict')), 2147483647))
    INTO o_kind, o_names, o_numbers, o_grantees
    FROM token AS t
    CROSS JOIN part AS p
    WHERE t.position > p.named;
    o_kind := coalesce(substring(o_kind FROM '^(all (?:tables|sequences|functions|procedures|routines) in schema'
        '|function|procedure|routine|schema|language|type|domain|large object|foreign data wrapper|foreign server)[[:>:]]'),
        'relation');
    o_kind := CASE WHEN o_kind IN ('all tables in schema', 'all sequences in schema') THEN 'relations of schema'
        WHEN o_kind LIKE 'all %' THEN 'functions of schema' WHEN o_kind IN ('procedure', 'routine') THEN 'function'
        WHEN o_kind = 'domain' THEN 'type' ELSE o_kind END;
END
$function$;

COMMENT ON FUNCTION script_tracking.grant_names(pg_catalog.text) IS 'What the text of a GRANT or REVOKE names';
