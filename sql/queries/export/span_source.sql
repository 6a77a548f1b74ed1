-- The database whose executions are sent as spans, and up to when its record is complete.
SELECT
    current_database()::text AS database,
    coalesce(nullif(current_setting('cluster_name'), ''), host(inet_server_addr()), 'localhost') AS address,
    current_setting('port')::integer AS port,
    script_tracking.rollup_place()::text AS place,
    script_tracking.complete_before() AS complete_before
