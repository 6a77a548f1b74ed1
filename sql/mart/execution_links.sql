-- Which execution ran inside which other one.
CREATE OR REPLACE VIEW dbtrack_mart.execution_links
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    encode(l.script_execution_parent_hk, 'hex') AS link_key,
    encode(l.parent_execution_hk, 'hex') AS parent_key,
    encode(l.child_execution_hk, 'hex') AS child_key,
    l.link_type::pg_catalog.text AS link_type,
    coalesce(t.tenant_bk, '(platform)')::pg_catalog.text AS tenant,
    l.load_date,
    l.record_source::pg_catalog.text AS record_source
FROM script_tracking.script_execution_parent_l AS l
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = l.tenant_hk;

COMMENT ON VIEW dbtrack_mart.execution_links IS 'Which execution ran inside which other one';
COMMENT ON COLUMN dbtrack_mart.execution_links.link_key IS 'Key of the link: 64 hexadecimal digits';
COMMENT ON COLUMN dbtrack_mart.execution_links.parent_key IS 'Key of the execution around it';
COMMENT ON COLUMN dbtrack_mart.execution_links.child_key IS 'Key of the execution inside';
COMMENT ON COLUMN dbtrack_mart.execution_links.link_type IS
    'tracked: in a tracked operation, as the session claimed; nested: DDL that another DDL ran';
COMMENT ON COLUMN dbtrack_mart.execution_links.tenant IS 'Short name of the tenant; (platform) where there is none';
COMMENT ON COLUMN dbtrack_mart.execution_links.load_date IS
    'When the link was written; an incremental load bounds it by script_tracking.complete_before()';
COMMENT ON COLUMN dbtrack_mart.execution_links.record_source IS 'The writer and the node: event_trigger@local:5432';
