-- Returns the statement that calls a platform's routine, with its arguments matched by name and type; NULL if they
-- cannot be matched. $1 e-mail, $2 password, $3 tenant, $4 address, $5 program, $6 everything that is known of a user
-- who registers.
CREATE OR REPLACE FUNCTION script_tracking.auth_platform_call(p_routine pg_catalog.oid, p_kind pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH argument AS (
        SELECT p.oid AS routine, a.place, a.given_name, t.typname, t.typcategory,
            format('%I.%I', n.nspname, t.typname) AS type_name,
            coalesce(p.proargmodes[a.place], 'i') AS mode,
            coalesce(regexp_replace(lower(nullif(a.given_name, '') COLLATE "C"), '^(p|in|i|v|_)?_', ''),
                CASE p_kind WHEN 'login' THEN (ARRAY['email', 'password', 'tenant'])[a.place] END, '') AS name,
            count(*) FILTER (WHERE coalesce(p.proargmodes[a.place], 'i') IN ('i', 'b', 'v')) OVER (ORDER BY a.place)
                > p.pronargs - p.pronargdefaults AS has_default
        FROM pg_proc AS p
        CROSS JOIN LATERAL (
            SELECT g.place, p.proargnames[g.place] AS given_name,
                coalesce(p.proallargtypes[g.place], p.proargtypes[g.place - 1]) AS type
            FROM generate_series(1, coalesce(cardinality(p.proallargtypes), p.pronargs)) AS g (place)) AS a
        JOIN pg_type AS t ON t.oid = a.type
        JOIN pg_namespace AS n ON n.oid = t.typnamespace
        WHERE p.oid = p_routine
    ), matched AS (
        SELECT a.*,
            CASE
                WHEN a.mode = 'o' THEN 'NULL::' || a.type_name
                WHEN a.mode = 'v' THEN NULL
                WHEN p_kind = 'register' AND a.typname IN ('jsonb', 'json') AND p.pronargs = 1 THEN '$6::' || a.type_name
                WHEN a.typcategory = 'S' AND a.name IN ('email', 'e_mail', 'user_email', 'email_address', 'username',
                    'user_name', 'login', 'login_name') THEN '$1::' || a.type_name
                WHEN a.typcategory = 'S' AND a.name IN ('password', 'passwd', 'pwd', 'pass', 'user_password',
                    'plain_password') THEN '$2::' || a.type_name
                WHEN a.name LIKE 'tenant%' AND a.typname = 'bytea' THEN '$3'
                WHEN a.name LIKE 'tenant%' AND a.typcategory = 'S' THEN 'pg_catalog.encode($3, ''hex'')::' || a.type_name
                WHEN a.name IN ('ip', 'ip_address', 'ip_addr', 'client_ip') AND a.typname = 'inet' THEN '$4'
                WHEN a.name IN ('ip', 'ip_address', 'ip_addr', 'client_ip') AND a.typcategory = 'S'
                    THEN 'pg_catalog.host($4)::' || a.type_name
                WHEN a.typcategory = 'S' AND a.name IN ('user_agent', 'agent') THEN '$5::' || a.type_name
                WHEN p_kind = 'register' AND a.given_name <> ''
                    THEN format('pg_catalog.jsonb_extract_path_text($6, %L)::%s', a.name, a.type_name)
                WHEN a.mode = 'b' THEN 'NULL::' || a.type_name
            END AS expression
        FROM argument AS a
        JOIN pg_proc AS p ON p.oid = a.routine
        -- The results of a function are not part of its call; those of a procedure are.
        WHERE a.mode <> 't' AND (a.mode <> 'o' OR p.prokind = 'p')
    )
    SELECT CASE WHEN p.prokind = 'p' THEN format('CALL %I.%I(%s)', n.nspname, p.proname, m.arguments)
        ELSE format('SELECT pg_catalog.to_jsonb(dbtrack_answer) FROM %I.%I(%s) AS dbtrack_answer LIMIT 1', n.nspname, p.proname,
            m.arguments) END
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    CROSS JOIN LATERAL (
        SELECT string_agg(CASE WHEN d.given_name <> '' THEN quote_ident(d.given_name) || ' => ' ELSE '' END || d.expression, ', '
                ORDER BY d.place) FILTER (WHERE d.expression IS NOT NULL) AS arguments,
            bool_and(d.expression IS NOT NULL OR d.has_default) AS is_complete,
            bool_or(d.expression LIKE '$1%') AND bool_or(d.expression LIKE '$2%') OR bool_or(d.expression LIKE '$6%')
                AS is_told
        FROM matched AS d) AS m
    WHERE p.oid = p_routine AND m.is_complete AND m.is_told
        AND (p.prokind = 'p' OR p.prorettype <> 'void'::pg_catalog.regtype)
$function$;

COMMENT ON FUNCTION script_tracking.auth_platform_call(pg_catalog.oid, pg_catalog.text) IS
    'The statement that calls a platform''s login or register routine; NULL if its arguments cannot be matched';
