-- Records what an outbox sent for a token, and commits. No row, and nothing is recorded, if the proof is not valid, as in
-- start_proven.sql.
SELECT o.record_number, o.execution_hk, o.outcome, o.refusal
FROM script_tracking.act_as_token(%(proof)s, %(client)s, %(timeout)s) AS t,
    LATERAL script_tracking.record_outbox(
        records => %(records)s::jsonb,
        tenant_hk => t.tenant_hk) AS o
ORDER BY o.record_number;
COMMIT;
