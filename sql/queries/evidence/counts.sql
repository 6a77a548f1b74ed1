-- Numbers for the measures: retention, who may read and write the record, tenants.
SELECT script_tracking.current_setting_value('retention.days')::pg_catalog.int4 AS retention_days,
    script_tracking.current_setting_value('evidence.in_force') AS in_force,
    (SELECT string_agg(c.message, '; ') FROM script_tracking.retention_conflicts() AS c) AS retention_conflicts,
    script_tracking.current_setting_value('access.recording') AS access_recording,
    script_tracking.current_setting_value('evidence.hours') AS hours,
    script_tracking.current_setting_value('evidence.zone') AS zone,
    script_tracking.current_setting_value('evidence.pipeline') AS pipeline,
    script_tracking.current_setting_value('evidence.shared_logins') AS shared_logins,
    script_tracking.current_setting_value('evidence.review_every') AS review_every,
    (SELECT pg_catalog.count(*) FROM script_tracking.tenant_h) AS tenants,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_roles AS r
        CROSS JOIN script_tracking.installation AS i
        WHERE i.property_name = 'role.admin' AND r.rolcanlogin
            AND pg_catalog.to_regrole(pg_catalog.quote_ident(i.property_value)) IS NOT NULL
            AND pg_catalog.pg_has_role(r.oid, pg_catalog.to_regrole(pg_catalog.quote_ident(i.property_value)), 'MEMBER')) AS administrators,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_roles AS r
        CROSS JOIN script_tracking.installation AS i
        WHERE i.property_name = 'role.reader' AND r.rolcanlogin
            AND pg_catalog.to_regrole(pg_catalog.quote_ident(i.property_value)) IS NOT NULL
            AND pg_catalog.pg_has_role(r.oid, pg_catalog.to_regrole(pg_catalog.quote_ident(i.property_value)), 'MEMBER')) AS readers,
    (SELECT pg_catalog.count(*) FROM pg_catalog.pg_roles AS r
        WHERE r.rolcanlogin AND NOT r.rolsuper AND EXISTS (
            SELECT FROM pg_catalog.pg_class AS c
            WHERE c.relnamespace = 'script_tracking'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p')
                AND c.relname ~ '^(script_execution_[hs]|seal_(block|leaf))'
                AND pg_catalog.has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))) AS writers,
    c.classified, c.class_logins, c.class_public,
    (SELECT pg_catalog.count(*) FROM script_tracking.access_log AS a
        WHERE a.accessed_at >= %(since)s::pg_catalog.timestamptz AND a.accessed_at < %(until)s::pg_catalog.timestamptz) AS accesses,
    (SELECT pg_catalog.count(*) FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL AND s.metadata ? 'replicated'
            AND s.execution_timestamp >= %(since)s::pg_catalog.timestamptz
            AND s.execution_timestamp < %(until)s::pg_catalog.timestamptz
            AND s.load_date >= %(since)s::pg_catalog.timestamptz - pg_catalog."interval" '1 day'
            AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)) AS replicated
FROM (
    SELECT (SELECT pg_catalog.count(DISTINCT g.object_hk) FROM script_tracking.get_classes() AS g
            WHERE NOT g.is_dropped AND (%(tenant)s::pg_catalog.bytea IS NULL OR g.tenant_hk = %(tenant)s::pg_catalog.bytea)) AS classified,
        pg_catalog.count(DISTINCT a.login) FILTER (WHERE a.login <> 'PUBLIC') AS class_logins,
        (pg_catalog.count(*) FILTER (WHERE a.login = 'PUBLIC') > 0)::pg_catalog.int4 AS class_public
    FROM script_tracking.get_class_access(NULL, NULL, %(tenant)s::pg_catalog.bytea) AS a
    WHERE (a.can_read OR a.can_write) AND a.can_use_schema
) AS c
