-- The time zone in which the session reads times.
SELECT pg_catalog.current_setting('TimeZone')
