-- Where the latest executions are of a login that sees some tenants, or of a source of a vault: in the window of the report.
SELECT p.o_starts, p.o_ends, p.o_load_dates, p.o_after, p.o_versions
FROM script_tracking.get_latest_places(
    p_since => coalesce(
        %(since)s::pg_catalog.timestamptz,
        CASE WHEN coalesce(%(days)s::pg_catalog.int4, %(hours)s::pg_catalog.int4) IS NOT NULL THEN
            coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp()) - pg_catalog.make_interval(
                days => coalesce(%(days)s::pg_catalog.int4, 0), hours => coalesce(%(hours)s::pg_catalog.int4, 0), mins => 1) END),
    p_until => least(%(until)s::pg_catalog.timestamptz,
        %(after_time)s::pg_catalog.timestamptz + pg_catalog."interval" '1 microsecond'),
    p_most => %(most_versions)s::pg_catalog.int4) AS p
