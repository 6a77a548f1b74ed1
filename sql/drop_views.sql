-- CREATE OR REPLACE VIEW cannot remove a column, so the views are made anew each time.
DO $drop_views$
DECLARE
    v_view text;
BEGIN
    FOR v_view IN
        SELECT c.oid::regclass::text FROM pg_class AS c
        WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind = 'v'
    LOOP
        EXECUTE format('DROP VIEW %s', v_view);
    END LOOP;
END
$drop_views$;
