-- Uninstall that keeps the records: the functions and views go, the tables stay, readable by their owner.
-- The prefix names overloads as well: everything in the schema that is a routine is ours.
DO $keep_data$
DECLARE
    v_routine text;
    v_view text;
BEGIN
    FOR v_view IN
        SELECT c.oid::regclass::text FROM pg_class AS c
        WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind = 'v'
    LOOP
        EXECUTE format('DROP VIEW %s', v_view);
    END LOOP;
    FOR v_routine IN
        SELECT p.oid::regprocedure::text FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_depend AS d JOIN pg_policy AS y ON d.classid = 'pg_policy'::regclass AND d.objid = y.oid
                WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid)
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
    -- What row security needs stays, and stays known, so that dbtrack doctor does not take it for foreign.
    DELETE FROM script_tracking.installed_routine AS i
    WHERE NOT EXISTS (SELECT FROM pg_proc AS p WHERE p.oid::regprocedure::text = i.routine_identity);
END
$keep_data$;
