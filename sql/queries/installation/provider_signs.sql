-- Which of the signs of providers this server shows: roles, settings, extensions that can be had, schemas, functions.
SELECT s.sign
FROM unnest(%(signs)s::text[]) AS s (sign)
CROSS JOIN LATERAL (SELECT split_part(s.sign, ':', 1) AS kind, split_part(s.sign, ':', 2) AS name) AS p
WHERE CASE p.kind
    WHEN 'role' THEN EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = p.name)
    -- A setting that this login may not see shows nothing.
    WHEN 'setting' THEN current_setting(p.name, true) IS NOT NULL
    WHEN 'extension' THEN EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS e WHERE e.name = p.name)
    WHEN 'schema' THEN to_regnamespace(quote_ident(p.name)) IS NOT NULL
    WHEN 'routine' THEN EXISTS (SELECT FROM pg_catalog.pg_proc AS f WHERE f.proname = p.name) END;
