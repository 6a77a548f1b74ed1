-- What dbtrack reconcile needs to tell a dropped column from one that vanished.

ALTER TABLE script_tracking.catalog_object ADD COLUMN column_names jsonb;
COMMENT ON COLUMN script_tracking.catalog_object.column_names IS
    'Of a relation, its columns: the name of each by its number, which a new name does not change; and of those that have a '
    'default again by "number default"';

ALTER TABLE script_tracking.catalog_difference
    ADD COLUMN must_be_dropped boolean NOT NULL DEFAULT false,
    ADD COLUMN lost_columns text[],
    ADD COLUMN lost_defaults text[];
COMMENT ON COLUMN script_tracking.catalog_difference.must_be_dropped IS
    'It is gone, and only a recorded command that dropped it explains that';
COMMENT ON COLUMN script_tracking.catalog_difference.lost_columns IS 'The columns that a changed relation has no longer';
COMMENT ON COLUMN script_tracking.catalog_difference.lost_defaults IS
    'The columns of a changed relation that have no longer a default';

-- Settings of a node, which differ after each failover, are no longer compared.
DELETE FROM script_tracking.catalog_object AS o
WHERE o.class_id = 0 AND (o.object_name IN ('primary_conninfo', 'primary_slot_name', 'restore_command',
        'archive_cleanup_command', 'promote_trigger_file', 'synchronous_standby_names', 'cluster_name', 'port',
        'listen_addresses', 'unix_socket_directories', 'data_directory', 'config_file', 'external_pid_file')
    OR o.object_name LIKE 'recovery@_%' ESCAPE '@');

-- They return more now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace
            AND p.proname IN ('catalog_fingerprint', 'catalog_explanations', 'catalog_relations')
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;

COMMENT ON COLUMN script_tracking.script_execution_h.record_source IS
    'The writer, the node and the database: event_trigger@local:5432/shop';

-- What an administrator leaves out of capture.
INSERT INTO script_tracking.setting (setting_name, setting_value, default_value, description)
VALUES
    ('capture.ignore_schemas', '', '',
     'Do not record DDL on tables, views, indexes and sequences of these schemas; grants, policies and the like are recorded'),
    ('capture.ignore_roles', '', '', 'Of capture.ignore_schemas, leave out only what these logins do');
ALTER TABLE script_tracking.capture_setting
    ADD COLUMN ignored_schemas text[] NOT NULL DEFAULT '{}',
    ADD COLUMN ignored_roles text[] NOT NULL DEFAULT '{}';
