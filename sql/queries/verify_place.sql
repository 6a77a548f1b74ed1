-- By itself, not through a function of ours: whoever could change a row could change that.
SELECT c.system_identifier::pg_catalog.text,
    CASE WHEN pg_catalog.pg_is_in_recovery() THEN NULL
        ELSE ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::pg_catalog."bit"(64)::pg_catalog.int8 END,
    CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END,
    (SELECT s.sealed_before FROM script_tracking.seal_state AS s),
    (SELECT max(b.block_number) FROM script_tracking.seal_block AS b), pg_catalog.clock_timestamp(),
    coalesce((SELECT s.setting_value::pg_catalog.int4 FROM script_tracking.setting AS s
        WHERE s.setting_name = 'seal.overdue_hours'), 26)
FROM pg_catalog.pg_control_system() AS c
