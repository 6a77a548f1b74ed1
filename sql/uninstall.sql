-- Takes the schema away with all its records; the event triggers go first (drop_triggers.sql). The roles stay: other
-- databases of the cluster may use them.
DROP SCHEMA script_tracking CASCADE;
