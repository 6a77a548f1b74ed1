-- What the newest sealed cleanup or erasure says of the versions of objects that it kept, up to when sealed cleanups removed versions,
-- and up to when sealed erasures erased some, with the digests of those that recorded them.
SELECT k.versions_before, k.versions_kept, k.versions_digest, k.versions_cutoff, k.erased_before
FROM (
    SELECT s.load_date, least(greatest((s.metadata ->> 'versions_before')::pg_catalog.timestamptz, '0002-01-01 00:00:00+00'), s.load_date)
            AS versions_before,
        (s.metadata ->> 'versions_kept')::pg_catalog.int8 AS versions_kept, s.metadata ->> 'versions_digest' AS versions_digest,
        max((s.metadata ->> 'versions_cutoff')::pg_catalog.timestamptz) OVER () AS versions_cutoff,
        max(least((s.metadata ->> 'versions_before')::pg_catalog.timestamptz, s.load_date))
            FILTER (WHERE s.script_name = 'dbtrack erase') OVER () AS erased_before
    FROM script_tracking.script_execution_s AS s
    WHERE s.script_type = 'MAINTENANCE' AND (s.script_name = 'dbtrack cleanup' AND s.record_source LIKE 'cleanup@%%'
            OR s.script_name = 'dbtrack erase' AND s.record_source LIKE 'erase@%%')
        AND s.metadata ? 'versions_digest' AND EXISTS (SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = s.load_date AND l.record_hk = s.script_execution_hk)
        -- Not those of a source of a vault, which say what happened there.
        AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk AND t.record_source LIKE 'vault@%%')
) AS k
ORDER BY k.load_date DESC
LIMIT 1
