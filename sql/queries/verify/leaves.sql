-- One block's leaves, and beside each the row that it seals. views/sealable_version.sql has what is hashed of a
-- version.
SELECT l.leaf_index, l.leaf_kind, l.leaf_format, l.record_hk, l.load_date,
    CASE WHEN l.started_at IS NOT NULL THEN least(greatest(l.started_at, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') END
        AS started_at,
    l.leaf_hash, l.person_salt, l.person_commitment, l.text_salt, l.text_commitment, l.erased_by,
    l.arrived_at IS NOT NULL AS is_replicated,
    l.leaf_kind = 'version' AND v.load_date IS NULL AND EXISTS (
        SELECT FROM script_tracking.script_execution_h AS k WHERE k.script_execution_hk = l.record_hk) AS has_execution,
    convert_to(CASE l.leaf_kind
        WHEN 'link' THEN CASE WHEN p.load_date IS NOT NULL THEN jsonb_build_array('dbtrack link 1',
            encode(p.script_execution_parent_hk, 'hex'), (extract(epoch FROM p.load_date) * 1000000)::pg_catalog.int8,
            encode(p.parent_execution_hk, 'hex'), encode(p.child_execution_hk, 'hex'), p.link_type,
            encode(p.tenant_hk, 'hex'), p.record_source) END
        ELSE jsonb_build_array('dbtrack version ' || l.leaf_format) || v.head || jsonb_build_array(h.script_execution_bk,
            encode(h.tenant_hk, 'hex'), h.record_source)
        END::pg_catalog.text, %(encoding)s) AS head,
    ARRAY[convert_to(v.person::pg_catalog.text, %(encoding)s), convert_to(v.hash_diff::pg_catalog.text, %(encoding)s)]
        AS person,
    ARRAY[convert_to(v.affected_objects::pg_catalog.text, %(encoding)s),
        convert_to(v.sql_command::pg_catalog.text, %(encoding)s),
        convert_to(v.error_message::pg_catalog.text, %(encoding)s),
        convert_to(v.metadata::pg_catalog.text, %(encoding)s)] AS words
FROM script_tracking.seal_leaf AS l
LEFT JOIN script_tracking.sealable_version AS v
    ON l.leaf_kind = 'version' AND v.load_date = l.load_date AND v.script_execution_hk = l.record_hk
    AND v.load_date BETWEEN %(from)s AND %(to)s
LEFT JOIN script_tracking.script_execution_h AS h
    ON l.leaf_kind = 'version' AND h.load_date = l.load_date AND h.script_execution_hk = l.record_hk
    AND h.load_date BETWEEN %(from)s AND %(to)s
LEFT JOIN script_tracking.script_execution_parent_l AS p
    ON l.leaf_kind = 'link' AND p.load_date = l.load_date AND p.script_execution_parent_hk = l.record_hk
    AND p.load_date BETWEEN %(from)s AND %(to)s
WHERE l.load_date BETWEEN %(from)s AND %(to)s AND l.block_number = %(block)s
ORDER BY l.leaf_index
