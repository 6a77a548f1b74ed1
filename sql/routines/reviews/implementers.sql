-- Returns by which names the people are known who made a change: its login, who started the pipeline, who wrote the
-- commit and who approved it, of the execution and of the operations that it ran in; of an address also what stands before the @,
-- as evidence_same_person compares.
CREATE OR REPLACE FUNCTION script_tracking.implementers(p_execution_hk pg_catalog.bytea)
RETURNS pg_catalog.text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH RECURSIVE change (script_execution_hk, depth) AS (
        SELECT p_execution_hk, 0
        UNION
        SELECT m.script_execution_hk, c.depth + 1
        FROM change AS c
        CROSS JOIN LATERAL (
            SELECT l.parent_execution_hk AS script_execution_hk
            FROM script_tracking.script_execution_parent_l AS l WHERE l.child_execution_hk = c.script_execution_hk
            UNION ALL
            -- What replication applied was made by whoever made the original, and not by the login of its worker.
            SELECT o.script_execution_hk FROM script_tracking.get_original_execution(c.script_execution_hk) AS o
        ) AS m
        WHERE c.depth < 10
    )
    SELECT coalesce(array_agg(DISTINCT n.name) FILTER (WHERE n.name <> ''), '{}')
    FROM change AS c
    CROSS JOIN LATERAL script_tracking.execution_versions(c.script_execution_hk) AS v
    CROSS JOIN LATERAL unnest(ARRAY[
        CASE WHEN NOT v.metadata ? 'replicated' THEN v.db_session_user END, v.metadata ->> 'approved_by', v.metadata ->> 'ci_actor',
        v.metadata ->> 'git_author', v.metadata ->> 'git_commit_author']) AS p (person)
    CROSS JOIN LATERAL unnest(script_tracking.person_names(p.person)) AS u (person)
    CROSS JOIN LATERAL (VALUES (u.person), (split_part(u.person, '@', 1))) AS n (name)
$function$;

COMMENT ON FUNCTION script_tracking.implementers(pg_catalog.bytea) IS
    'The names of those who made, wrote, started or approved a change, in lower case; for the functions of this schema';
