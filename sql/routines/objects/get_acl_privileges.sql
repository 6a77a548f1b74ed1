-- Returns the privileges in an access control list, an array of text. Casting to aclitem would fail for a role that was dropped since.
CREATE OR REPLACE FUNCTION script_tracking.get_acl_privileges(p_acl pg_catalog.jsonb)
RETURNS TABLE (
    grantee pg_catalog.text,
    grantor pg_catalog.text,
    privilege pg_catalog.text,
    is_grantable pg_catalog.bool
)
LANGUAGE sql IMMUTABLE STRICT ROWS 5
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN m.word[1] = '' THEN 'PUBLIC' ELSE replace(trim(BOTH '"' FROM m.word[1]), '""', '"') END,
        replace(trim(BOTH '"' FROM m.word[3]), '""', '"'), n.privilege, r.letter[2] = '*'
    FROM jsonb_array_elements_text(CASE jsonb_typeof(p_acl) WHEN 'array' THEN p_acl ELSE '[]' END) AS i (item)
    CROSS JOIN LATERAL regexp_match(i.item, '^("(?:[^"]|"")*"|[^="]*)=([a-zA-Z*]*)/(.*)$') AS m (word)
    CROSS JOIN LATERAL regexp_matches(m.word[2], '([a-zA-Z])(\*?)', 'g') AS r (letter)
    JOIN (VALUES ('a', 'INSERT'), ('r', 'SELECT'), ('w', 'UPDATE'), ('d', 'DELETE'), ('D', 'TRUNCATE'), ('x', 'REFERENCES'),
        ('t', 'TRIGGER'), ('X', 'EXECUTE'), ('U', 'USAGE'), ('C', 'CREATE'), ('T', 'TEMPORARY'), ('c', 'CONNECT'), ('s', 'SET'),
        ('A', 'ALTER SYSTEM'), ('m', 'MAINTAIN')) AS n (letter, privilege) ON n.letter = r.letter[1]
$function$;

COMMENT ON FUNCTION script_tracking.get_acl_privileges(pg_catalog.jsonb) IS
    'The privileges in an access control list, written as PostgreSQL writes it; its roles need not exist any more';
