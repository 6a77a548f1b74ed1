-- The reviews that were signed. Only sign_review writes them.
CREATE OR REPLACE VIEW script_tracking.review
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    s.script_execution_hk,
    s.tenant_hk,
    s.metadata #>> '{review,period}' AS period,
    (s.metadata #>> '{review,since}')::pg_catalog.timestamptz AS since,
    (s.metadata #>> '{review,until}')::pg_catalog.timestamptz AS until,
    s.metadata #>> '{review,by}' AS signed_by,
    s.db_session_user AS login,
    s.execution_timestamp AS signed_at,
    s.metadata #>> '{review,statement}' AS statement,
    coalesce(s.metadata #>> '{review,about}', 'changes') AS about,
    s.metadata #>> '{review,document}' AS document
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.script_type = 'REVIEW' AND s.record_source LIKE 'sign@_review@@%' ESCAPE '@';

COMMENT ON VIEW script_tracking.review IS
    'The reviews that were signed: which period, by whom, and with which login; tenant_hk is NULL for one of everything';
