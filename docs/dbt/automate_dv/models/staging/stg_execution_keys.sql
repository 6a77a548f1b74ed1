-- dbtrack's keys are hashes already: SHA-256 of the business key.
SELECT decode(execution_key, 'hex') AS execution_hk, execution_bk, tenant, load_date, record_source, complete_before
FROM ({{ complete_rows('execution_keys', 'hub_execution') }}) AS k
