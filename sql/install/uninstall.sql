-- Drops the schema with all its records, and the mart; the event triggers are dropped first (drop_triggers.sql). The roles
-- stay, because other databases of the cluster may use them. Somebody else's objects that would be dropped too were
-- searched for before, and either there were none or the user asked for it (queries/installation/outside_dependents.sql).
DO $uninstall$
DECLARE
    -- A copy without data lists nothing: what belongs to its owner and has nothing else in it is the mart.
    v_has_mart bool := EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'mart.schema');
    v_is_copy bool := NOT EXISTS (SELECT FROM script_tracking.installation);
    v_owner oid := (SELECT c.relowner FROM pg_class AS c WHERE c.oid = 'script_tracking.installation'::regclass);
BEGIN
    DROP SCHEMA script_tracking CASCADE;
    IF EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname = 'dbtrack_mart' AND n.nspowner = v_owner)
        AND (v_has_mart OR v_is_copy) THEN
        DROP SCHEMA dbtrack_mart CASCADE;
    END IF;
END
$uninstall$;
