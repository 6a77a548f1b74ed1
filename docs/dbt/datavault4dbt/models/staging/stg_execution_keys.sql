-- dbtrack's keys are hashes already: SHA-256 of the business key.
SELECT execution_key AS hk_execution_h, execution_bk, tenant, load_date AS ldts, record_source AS rsrc, complete_before
FROM ({{ complete_rows('execution_keys', 'execution_h') }}) AS k
