-- Whether dbtrack, of any version, is installed.
SELECT pg_catalog.to_regclass('script_tracking.installation') IS NOT NULL
