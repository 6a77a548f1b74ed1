-- The versions of objects in order of time, each with what the client hashes, and with the execution that recorded it: of what capture
-- recorded, the execution that the version names; of what maintain added, the run of maintain at the same moment. A statement that
-- commits part-way writes its versions a little after its closing version. Moments are limited to what the client can read. In a vault,
-- of what a source sent, the hashes are over the keys that objects and tenants have there; removed_before: up to when cleanups of the
-- source removed versions there.
WITH source AS MATERIALIZED (
    SELECT t.* FROM script_tracking.get_vault_tenants() AS t
), removal AS MATERIALIZED (
    SELECT t.source_name, max((s.metadata ->> 'versions_cutoff')::pg_catalog.timestamptz) AS removed_before
    FROM source AS t
    JOIN script_tracking.script_execution_s AS s ON s.tenant_hk = t.tenant_hk
    WHERE t.source_tenant_hk IS NULL AND s.script_type = 'MAINTENANCE' AND s.script_name = 'dbtrack cleanup'
        AND s.record_source LIKE 'cleanup@%%' AND s.metadata ? 'versions_cutoff'
    GROUP BY t.source_name
)
SELECT o.load_date, o.microseconds, o.object_hk, convert_to(o.object_bk, %(encoding)s), convert_to(o.object_identity, %(encoding)s),
    o.hash_diff, convert_to(o.content::pg_catalog.text, %(encoding)s), o.script_execution_hk, o.tenant_hk,
    coalesce(m.script_execution_hk, e.script_execution_hk, c.script_execution_hk) AS recorder,
    CASE WHEN o.is_swept THEN m.digest ELSE coalesce(e.digest, c.digest) END AS digest, m.attribution, m.recorded_count, o.is_swept,
    e.load_date IS NOT NULL AND e.tenant_hk IS DISTINCT FROM o.tenant_hk AS has_other_tenant,
    EXISTS (SELECT FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = o.script_execution_hk) AS has_execution,
    EXISTS (SELECT FROM script_tracking.seal_leaf AS l
        WHERE l.load_date = coalesce(m.load_date, e.load_date, c.load_date) AND l.erased_by IS NOT NULL
            AND l.record_hk = coalesce(m.script_execution_hk, e.script_execution_hk, c.script_execution_hk)) AS is_erased,
    CASE WHEN o.cause = 'restored' THEN (SELECT CASE WHEN t.source_name IS NULL THEN l.new_object_hk ELSE (
            SELECT sha256(convert_to(split_part(n.object_bk, '/', 2), 'SQL_ASCII')) FROM script_tracking.object_s AS n
            WHERE n.object_hk = l.new_object_hk LIMIT 1) END
        FROM script_tracking.object_same_l AS l
        WHERE l.old_object_hk = o.object_hk AND l.load_date = o.written_at LIMIT 1) END AS successor,
    t.source_name IS NOT NULL AS is_of_source, CASE WHEN t.source_name IS NULL THEN o.tenant_hk ELSE t.source_tenant_hk END AS own_tenant,
    r.removed_before,
    -- Of a recorder that was erased, only the keys of persons are left, as in erase_step.
    coalesce(m.metadata, e.metadata, c.metadata) - '{role,application_name,client_host,host,os_user,user,email}'::pg_catalog.text[]
        = '{}' AS is_emptied
FROM (
    SELECT least(greatest(s.load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') AS load_date, s.load_date AS written_at,
        (extract(epoch FROM least(greatest(s.load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00')) * 1000000)::pg_catalog.int8
            AS microseconds,
        s.object_hk, s.object_bk, s.object_identity, s.cause, s.hash_diff, s.script_execution_hk, s.tenant_hk,
        s.cause NOT IN ('captured', 'follows') AS is_swept,
        jsonb_build_array(substr(s.object_bk, strpos(s.object_bk, '/') + 1), s.object_type, s.object_identity, s.cause,
            to_jsonb(s.grantees), s.definition) AS content
    FROM script_tracking.object_s AS s
    WHERE s.load_date >= %(from)s
) AS o
LEFT JOIN source AS t ON t.tenant_hk = o.tenant_hk AND starts_with(o.object_bk, t.source_name || '/')
LEFT JOIN removal AS r ON r.source_name = t.source_name
LEFT JOIN LATERAL (
    SELECT s.script_execution_hk, s.load_date, s.metadata ->> 'object_digest' AS digest, s.metadata ->> 'attribution_digest' AS attribution,
        CASE WHEN jsonb_typeof(s.metadata -> 'described_objects') = 'number'
            THEN (s.metadata ->> 'described_objects')::pg_catalog."numeric"::pg_catalog.int8 END AS recorded_count, s.metadata
    FROM script_tracking.script_execution_s AS s
    WHERE o.is_swept AND s.load_date = o.written_at AND s.script_type = 'MAINTENANCE' AND s.script_name = 'dbtrack maintain'
        AND (SELECT m.source_name FROM source AS m WHERE m.tenant_hk = s.tenant_hk) IS NOT DISTINCT FROM t.source_name
    LIMIT 1
) AS m ON true
LEFT JOIN LATERAL (
    SELECT s.script_execution_hk, s.load_date, s.tenant_hk, s.metadata ->> 'object_digest' AS digest, s.metadata
    FROM script_tracking.script_execution_s AS s
    WHERE NOT o.is_swept AND s.load_date = o.written_at AND s.script_execution_hk = o.script_execution_hk
) AS e ON true
LEFT JOIN LATERAL (
    SELECT s.script_execution_hk, s.load_date, s.metadata ->> 'object_digest' AS digest, s.metadata
    FROM script_tracking.script_execution_h AS h
    JOIN script_tracking.script_execution_s AS f ON f.load_date = h.load_date AND f.script_execution_hk = h.script_execution_hk
    JOIN script_tracking.script_execution_s AS s ON s.load_date = f.load_end_date AND s.script_execution_hk = h.script_execution_hk
    WHERE NOT o.is_swept AND e.load_date IS NULL AND h.script_execution_hk = o.script_execution_hk
        AND s.load_date BETWEEN o.written_at - '1 minute'::pg_catalog."interval" AND o.written_at
    LIMIT 1
) AS c ON true
ORDER BY o.written_at, o.object_hk, o.script_execution_hk
