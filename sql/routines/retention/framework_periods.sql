-- Returns how long the frameworks of `dbtrack evidence` ask to keep records: in all, and how long of this at once available, not in an
-- archive. A year is 365 days, as in their files (dbtrack/evidence/frameworks), with which a test compares this. 0: it gives no period.
CREATE OR REPLACE FUNCTION script_tracking.framework_periods()
RETURNS TABLE (
    framework pg_catalog.text,
    least_days pg_catalog.int4,
    at_once_days pg_catalog.int4,
    paragraph pg_catalog.text
)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    VALUES ('hipaa', 2190, 0, '164.316(b)(2)(i)'),
        ('pci', 365, 92, '10.5.1'),
        ('gdpr', 0, 0, NULL),
        ('sox', 0, 0, NULL),
        ('soc2', 0, 0, NULL),
        ('iso27001', 0, 0, NULL),
        ('dora', 0, 0, NULL),
        ('nis2', 0, 0, NULL)
$function$;

COMMENT ON FUNCTION script_tracking.framework_periods() IS 'How long the frameworks of dbtrack evidence ask to keep records';
