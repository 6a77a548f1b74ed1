-- The settings with which statements run on the copy: those of the real session, which decide whether a table is
-- rewritten, and no parallel workers, whose scans another session counts.
SELECT pg_catalog.set_config(s.name, s.setting, false)
FROM pg_catalog.jsonb_each_text(%(settings)s) AS s (name, setting)
WHERE pg_catalog.current_setting(s.name, true) IS NOT NULL;
