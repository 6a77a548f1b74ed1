-- Functions that differ from those that were installed.
WITH present AS (
    SELECT p.oid::regprocedure::text AS routine_identity, CASE WHEN p.prokind IN ('f', 'w') THEN 'FUNCTION' ELSE 'ROUTINE' END AS kind,
        script_tracking.routine_hash(p.oid) AS definition_hash
    FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace = 'script_tracking'::regnamespace
        OR p.oid::regprocedure::text IN (SELECT i.routine_identity FROM script_tracking.installed_routine AS i)
)
SELECT 'CRITICAL', coalesce(p.routine_identity, i.routine_identity),
    CASE WHEN p.routine_identity IS NULL THEN 'the function is missing'
        WHEN i.routine_identity IS NULL THEN 'the function was not made by dbtrack install'
        ELSE 'the function is not what dbtrack install put there' END,
    CASE WHEN i.routine_identity IS NULL THEN format('DROP %s %s;', p.kind, p.routine_identity) ELSE 'dbtrack install' END
FROM present AS p
FULL JOIN script_tracking.installed_routine AS i ON i.routine_identity = p.routine_identity
WHERE i.definition_hash IS DISTINCT FROM p.definition_hash
ORDER BY 2;
