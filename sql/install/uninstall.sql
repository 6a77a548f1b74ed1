-- Drops the schema with all its records; the event triggers are dropped first (drop_triggers.sql). The roles stay,
-- because other databases of the cluster may use them. Somebody else's objects that would be dropped too were searched
-- for before, and either there were none or the user asked for it (queries/installation/outside_dependents.sql).
DROP SCHEMA script_tracking CASCADE;
