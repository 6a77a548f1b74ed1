-- Where executions are that a search may find: in the window of the report, as its own conditions have it. A minute more,
-- because the report errors may begin a minute earlier.
SELECT p.o_starts, p.o_ends, p.o_load_dates, p.o_after, p.o_versions
FROM script_tracking.get_search_places(
    p_alternatives => %(alternatives)s::pg_catalog.jsonb,
    p_since => coalesce(
        %(since)s::pg_catalog.timestamptz,
        CASE WHEN coalesce(%(days)s::pg_catalog.int4, %(hours)s::pg_catalog.int4) IS NOT NULL THEN
            coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp()) - pg_catalog.make_interval(
                days => coalesce(%(days)s::pg_catalog.int4, 0), hours => coalesce(%(hours)s::pg_catalog.int4, 0), mins => 1) END),
    p_until => least(%(until)s::pg_catalog.timestamptz,
        %(after_time)s::pg_catalog.timestamptz + pg_catalog."interval" '1 microsecond'),
    p_tenant_hk => %(tenant)s::pg_catalog.bytea,
    p_most_versions => %(most_versions)s::pg_catalog.int8) AS p
