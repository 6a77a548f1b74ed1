SELECT migration_number, migration_name FROM script_tracking.schema_migration ORDER BY migration_number;
