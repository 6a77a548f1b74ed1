-- Takes the schema away with all its records; the event triggers go first (drop_triggers.sql). The roles stay: other
-- databases of the cluster may use them. What others made and would go along was looked for before, and either there was
-- nothing or it was asked for (queries/installation/outside_dependents.sql).
DROP SCHEMA script_tracking CASCADE;
