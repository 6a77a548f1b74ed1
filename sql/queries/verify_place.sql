SELECT CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END,
    (SELECT s.sealed_before FROM script_tracking.seal_state AS s),
    (SELECT max(b.block_number) FROM script_tracking.seal_block AS b), clock_timestamp(),
    coalesce((SELECT s.setting_value::pg_catalog.int4 FROM script_tracking.setting AS s
        WHERE s.setting_name = 'seal.overdue_hours'), 26)
