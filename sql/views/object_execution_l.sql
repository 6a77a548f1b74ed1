-- The link between executions and the objects that they changed, derived from object_s: a table of its own would cost
-- each DDL one more row.
CREATE OR REPLACE VIEW script_tracking.object_execution_l
WITH (security_invoker = true) AS
SELECT
    sha256(s.object_hk || s.script_execution_hk) AS object_execution_hk,
    s.object_hk,
    s.script_execution_hk,
    s.tenant_hk,
    s.load_date,
    s.cause,
    s.object_type,
    s.object_identity,
    s.record_source
FROM script_tracking.object_s AS s;

COMMENT ON VIEW script_tracking.object_execution_l IS 'Link: which execution changed which object';
