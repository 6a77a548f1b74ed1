-- One block's leaves, and beside each the row that it seals: what is hashed is in routines/write_leaves.sql.
SELECT l.leaf_index, l.leaf_kind, l.record_hk, l.load_date, l.started_at, l.leaf_hash, l.person_salt, l.person_commitment,
    l.text_salt, l.text_commitment, l.erased_by,
    convert_to(CASE l.leaf_kind
        WHEN 'link' THEN CASE WHEN p.load_date IS NOT NULL THEN jsonb_build_array('dbtrack link 1',
            encode(p.script_execution_parent_hk, 'hex'), (extract(epoch FROM p.load_date) * 1000000)::pg_catalog.int8,
            encode(p.parent_execution_hk, 'hex'), encode(p.child_execution_hk, 'hex'), p.link_type,
            encode(p.tenant_hk, 'hex'), p.record_source) END
        ELSE CASE WHEN s.load_date IS NOT NULL THEN jsonb_build_array('dbtrack version 1',
            encode(s.script_execution_hk, 'hex'), (extract(epoch FROM s.load_date) * 1000000)::pg_catalog.int8,
            s.version_number, encode(s.tenant_hk, 'hex'), s.script_name, s.script_type, s.execution_status,
            (extract(epoch FROM s.execution_timestamp) * 1000000)::pg_catalog.int8, s.execution_duration_ms,
            s.record_source, h.script_execution_bk, encode(h.tenant_hk, 'hex'), h.record_source) END
        END::pg_catalog.text, %(encoding)s) AS head,
    convert_to(jsonb_build_array(s.db_session_user, s.client_ip::pg_catalog.text, s.metadata -> 'role',
        s.metadata -> 'application_name', s.metadata -> 'client_host', s.metadata -> 'host', s.metadata -> 'os_user',
        s.metadata -> 'user', s.metadata -> 'email', encode(s.hash_diff, 'hex')
    )::pg_catalog.text, %(encoding)s) AS person,
    convert_to(jsonb_build_array(s.affected_objects, s.sql_command, s.error_message,
        s.metadata - '{role,application_name,client_host,host,os_user,user,email}'::pg_catalog.text[]
    )::pg_catalog.text, %(encoding)s) AS words
FROM script_tracking.seal_leaf AS l
LEFT JOIN script_tracking.script_execution_s AS s
    ON l.leaf_kind = 'version' AND s.load_date = l.load_date AND s.script_execution_hk = l.record_hk
    AND s.load_date BETWEEN %(from)s AND %(to)s
LEFT JOIN script_tracking.script_execution_h AS h
    ON l.leaf_kind = 'version' AND h.load_date = l.load_date AND h.script_execution_hk = l.record_hk
    AND h.load_date BETWEEN %(from)s AND %(to)s
LEFT JOIN script_tracking.script_execution_parent_l AS p
    ON l.leaf_kind = 'link' AND p.load_date = l.load_date AND p.script_execution_parent_hk = l.record_hk
    AND p.load_date BETWEEN %(from)s AND %(to)s
WHERE l.load_date BETWEEN %(from)s AND %(to)s AND l.block_number = %(block)s
ORDER BY l.leaf_index
