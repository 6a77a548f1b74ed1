-- Returns whether who approved a change also made it: is the login, started the CI run, or wrote the commit. Names are compared
-- by person_names, and of an address also what stands before the @.
CREATE OR REPLACE FUNCTION script_tracking.evidence_same_person(
    p_approver pg_catalog.text,
    p_login pg_catalog.text,
    p_actor pg_catalog.text,
    p_author pg_catalog.text
)
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT ARRAY(SELECT n.name FROM unnest(script_tracking.person_names(p_approver)) AS a (person)
            CROSS JOIN LATERAL (VALUES (a.person), (split_part(a.person, '@', 1))) AS n (name))
        && ARRAY(SELECT n.name FROM unnest(ARRAY[p_login, p_actor, p_author]) AS m (maker)
            CROSS JOIN LATERAL unnest(script_tracking.person_names(m.maker)) AS u (person)
            CROSS JOIN LATERAL (VALUES (u.person), (split_part(u.person, '@', 1))) AS n (name))
$function$;

COMMENT ON FUNCTION script_tracking.evidence_same_person(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Whether who approved a change is the login, who started the CI run, or who wrote the commit';
