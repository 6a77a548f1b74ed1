-- Returns the type of the event that a version of an execution is. One version is one event: the most specific type wins.
CREATE OR REPLACE FUNCTION script_tracking.get_event_type(
    script_type pg_catalog.text,
    execution_status pg_catalog.text,
    metadata pg_catalog.jsonb
)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
RETURN CASE
    WHEN execution_status = 'RUNNING' THEN 'execution.started'
    WHEN execution_status <> 'COMPLETED' THEN 'execution.failed'
    WHEN script_type = 'UNATTRIBUTED' THEN 'change.unattributed'
    WHEN metadata ? 'privileges' OR metadata ->> 'command_tag' IN ('GRANT', 'REVOKE', 'GRANT ROLE', 'REVOKE ROLE',
        'CREATE ROLE', 'ALTER ROLE', 'DROP ROLE', 'ALTER DEFAULT PRIVILEGES', 'REASSIGN OWNED', 'DROP OWNED')
        THEN 'privilege.changed'
    ELSE 'execution.completed'
END;

COMMENT ON FUNCTION script_tracking.get_event_type(pg_catalog.text, pg_catalog.text, pg_catalog.jsonb) IS
    'The type of the event that a version of an execution is';
