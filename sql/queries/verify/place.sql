-- A value that is not a moment was written there by hand. A state that was set back has no effect, because the blocks
-- state how far they go.
SELECT CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END,
    (SELECT max(m.sealed_before)
        FROM (SELECT s.sealed_before FROM script_tracking.seal_state AS s
            UNION ALL SELECT b.sealed_before FROM script_tracking.seal_block AS b) AS m
        WHERE m.sealed_before BETWEEN '0002-01-01 00:00:00+00' AND '9999-12-30 00:00:00+00'),
    EXISTS (SELECT FROM script_tracking.seal_state AS s
        WHERE s.sealed_before NOT BETWEEN '0002-01-01 00:00:00+00' AND '9999-12-30 00:00:00+00'),
    (SELECT max(b.block_number) FROM script_tracking.seal_block AS b), clock_timestamp(),
    coalesce((SELECT s.setting_value::pg_catalog.int4 FROM script_tracking.setting AS s
        WHERE s.setting_name = 'seal.overdue_hours'), 26)
