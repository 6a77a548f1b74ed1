-- What a review explains: an execution, for one kind of exception or for all.
CREATE OR REPLACE VIEW script_tracking.review_exception
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    s.script_execution_hk AS review_hk,
    s.tenant_hk,
    decode(e.value ->> 'key', 'hex') AS script_execution_hk,
    e.value ->> 'kind' AS kind,
    e.value ->> 'reason' AS reason,
    s.metadata #>> '{review,by}' AS signed_by,
    s.execution_timestamp AS signed_at,
    s.db_session_user AS login,
    coalesce((e.value ->> 'own')::pg_catalog.bool, false) AS is_own
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL jsonb_array_elements(s.metadata #> '{review,exceptions}') AS e
WHERE s.load_end_date IS NULL AND s.script_type = 'REVIEW' AND s.record_source LIKE 'sign@_review@@%' ESCAPE '@';

COMMENT ON VIEW script_tracking.review_exception IS
    'Executions that a review explains, each with its reason; kind is NULL for all kinds; is_own: the signer made, started or '
    'approved it';
