-- Marks each difference that an execution since the snapshot explains.
CREATE OR REPLACE FUNCTION script_tracking.explain_catalog(p_was_installed pg_catalog.bool)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- It names the object, or what that is a part of. Outside schemas, objects of several kinds can have one name: shop
    -- can be a schema, a role and an extension.
    UPDATE script_tracking.catalog_difference AS d
    SET is_explained = true, explained_by = m.script_execution_hk
    FROM script_tracking.catalog_related() AS r
    JOIN script_tracking.catalog_explanations() AS m ON m.identity = r.identity
        AND (m.object_type IS NULL OR m.object_type = r.object_type OR r.schema_name IS NOT NULL
            OR strpos(r.identity, ' ') > 0)
    WHERE r.difference_id = d.difference_id AND d.change IS NOT NULL
        AND (m.command_tag NOT IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES')
            OR d.object_type IN ('default acl', 'parameter ACL')
            OR ((d.old_object).definition_hash = (d.new_object).definition_hash
                AND (d.old_object).owner_id IS NOT DISTINCT FROM (d.new_object).owner_id))
        -- The indexes, constraints and statistics of a column are dropped with it, and no record names them.
        AND (NOT d.must_be_dropped OR (m.is_drop AND (NOT m.is_of_column
            OR d.object_type IN ('index', 'table constraint', 'statistics object'))));

    -- Most runs end here.
    IF EXISTS (SELECT FROM script_tracking.catalog_difference AS d
        WHERE d.change IN ('dropped', 'created', 'recreated') AND NOT d.is_explained) THEN
        -- It dropped a schema that contained more than a record does; or it names only a part of what it created or
        -- dropped. Then it explains what is in the schemas of the objects that it does name.
        WITH cut_off AS MATERIALIZED (
            SELECT DISTINCT m.script_execution_hk, m.command_tag, CASE WHEN m.object_type = 'schema' THEN m.identity
                ELSE substring(m.identity FROM '^(?:.* on )?("(?:[^"]|"")+"|[^". ]+)[.]') END AS schema_identity
            FROM script_tracking.catalog_explanations() AS m
            WHERE m.is_cut_off AND m.command_tag ~ '^(DROP|CREATE|IMPORT) ' AND m.command_tag <> 'DROP OWNED'
        )
        UPDATE script_tracking.catalog_difference AS d
        SET is_explained = true, explained_by = m.script_execution_hk
        FROM cut_off AS m
        JOIN script_tracking.catalog_related() AS r ON quote_ident(r.schema_name) = m.schema_identity
        WHERE r.difference_id = d.difference_id AND NOT d.is_explained
            AND ((d.change = 'dropped' AND m.command_tag LIKE 'DROP %')
                OR (d.change IN ('created', 'recreated') AND m.command_tag ~ '^(CREATE|IMPORT) '));

        -- DROP OWNED drops objects of its roles, in any schema.
        UPDATE script_tracking.catalog_difference AS d
        SET is_explained = true, explained_by = m.script_execution_hk
        FROM script_tracking.catalog_explanations() AS m
        JOIN script_tracking.script_execution_s AS s ON s.script_execution_hk = m.script_execution_hk
            AND s.load_end_date IS NULL
        WHERE NOT d.is_explained AND d.change = 'dropped' AND m.is_cut_off AND m.command_tag = 'DROP OWNED'
            AND ((pg_get_userbyid((d.old_object).owner_id) IN (s.db_session_user, s.metadata ->> 'role')
                    AND s.sql_command ~* '[[:<:]](current_user|current_role|session_user)[[:>:]]' COLLATE "C")
                OR script_tracking.names_object(s.sql_command, quote_ident(pg_get_userbyid((d.old_object).owner_id)), NULL));

        -- Their indexes, constraints and triggers, which have no owner themselves, are dropped with them.
        UPDATE script_tracking.catalog_difference AS d
        SET is_explained = true, explained_by = e.explained_by
        FROM script_tracking.catalog_related() AS r
        JOIN script_tracking.catalog_difference AS e ON e.object_identity = r.identity AND e.object_type = r.object_type
            AND e.change = 'dropped' AND e.is_explained
        WHERE r.difference_id = d.difference_id AND NOT d.is_explained AND d.change = 'dropped'
            AND (d.old_object).owner_id IS NULL AND e.difference_id <> d.difference_id;
    END IF;

    -- GRANT and similar commands may be recorded without their objects: by earlier versions, and if the objects are not
    -- known.
    UPDATE script_tracking.catalog_difference AS d
    SET is_explained = true, explained_by = m.script_execution_hk
    FROM script_tracking.catalog_explanations() AS m
    WHERE NOT d.is_explained AND (m.identity IS NULL OR m.is_cut_off) AND (
        (d.object_type = 'default acl' AND m.command_tag IN ('ALTER DEFAULT PRIVILEGES', 'DROP OWNED'))
        OR (d.change = 'changed' AND (d.old_object).definition_hash = (d.new_object).definition_hash AND (
            (m.command_tag IN ('GRANT', 'REVOKE', 'DROP OWNED')
                AND (d.old_object).owner_id IS NOT DISTINCT FROM (d.new_object).owner_id)
            OR m.command_tag = 'REASSIGN OWNED')));

    -- Renamed or moved, and then dropped: the records name only the new name, and the statement the old one.
    IF EXISTS (SELECT FROM script_tracking.catalog_difference AS d WHERE d.change = 'dropped' AND NOT d.is_explained) THEN
        WITH renamed AS MATERIALIZED (
            SELECT m.script_execution_hk, s.sql_command
            FROM script_tracking.catalog_explanations() AS m
            JOIN script_tracking.catalog_explanations() AS n ON n.identity = m.identity AND n.command_tag LIKE 'ALTER %'
            JOIN script_tracking.script_execution_s AS s ON s.script_execution_hk = n.script_execution_hk
                AND s.load_end_date IS NULL
            WHERE m.command_tag LIKE 'DROP %' AND s.sql_command COLLATE "C" ~* '[[:<:]](rename|set[[:space:]]+schema)[[:>:]]'
        )
        UPDATE script_tracking.catalog_difference AS d
        SET is_explained = true, explained_by = m.script_execution_hk
        FROM renamed AS m
        CROSS JOIN script_tracking.catalog_related() AS r
        WHERE r.difference_id = d.difference_id AND d.change = 'dropped' AND NOT d.is_explained
            AND script_tracking.names_object(m.sql_command, r.identity, r.schema_name);
    END IF;

    PERFORM script_tracking.explain_lost_columns();

    -- A statement with CONCURRENTLY that is running, or failed, has left an invalid index, and names nothing.
    UPDATE script_tracking.catalog_difference AS d
    SET is_explained = true, explained_by = s.script_execution_hk
    FROM script_tracking.catalog_snapshot AS c
    JOIN script_tracking.script_execution_s AS s ON s.load_date >= c.records_since AND s.load_end_date IS NULL
    WHERE NOT d.is_explained AND d.object_type = 'index' AND (d.new_object).attributes -> 'valid' = 'false'
        AND s.execution_status IN ('RUNNING', 'FAILED', 'ABANDONED') AND s.record_source LIKE 'event@_trigger%' ESCAPE '@'
        AND s.metadata ->> 'command_tag' IN ('CREATE INDEX', 'REINDEX');

    -- What an administrator excluded from capture has no record. Owners, privileges and row security are recorded there
    -- too.
    UPDATE script_tracking.catalog_difference AS d
    SET is_explained = true
    FROM script_tracking.capture_setting AS s
    WHERE NOT d.is_explained
        AND d.object_type IN ('table', 'view', 'materialized view', 'index', 'sequence', 'table constraint')
        AND coalesce((d.old_object).schema_name, (d.new_object).schema_name) = ANY (s.ignored_schemas)
        AND coalesce((d.new_object).schema_name, (d.old_object).schema_name) = ANY (s.ignored_schemas)
        AND (d.change <> 'changed' OR (
            (d.old_object).owner_id IS NOT DISTINCT FROM (d.new_object).owner_id
            AND (d.old_object).acl_hash IS NOT DISTINCT FROM (d.new_object).acl_hash
            AND (d.old_object).attributes -> 'row security' IS NOT DISTINCT FROM (d.new_object).attributes -> 'row security'));

    -- Suspending capture removes the event triggers, and resuming creates them again.
    UPDATE script_tracking.catalog_difference AS d
    SET is_explained = true, explained_by = s.script_execution_hk
    FROM script_tracking.catalog_snapshot AS c
    JOIN script_tracking.suspension AS s ON s.suspended_at >= c.taken_at OR s.resumed_at >= c.taken_at
    WHERE NOT d.is_explained AND d.object_type = 'event trigger'
        AND d.object_identity IN ('et_ddl_command_start', 'et_ddl_command_end', 'et_sql_drop', 'et_table_rewrite')
        AND d.change <> 'changed';

    -- Installing disables capture for dbtrack's own objects; doctor compares them with what was installed.
    IF p_was_installed THEN
        UPDATE script_tracking.catalog_difference AS d
        SET is_explained = true
        FROM script_tracking.catalog_related() AS r
        WHERE r.difference_id = d.difference_id AND NOT d.is_explained
            AND (r.schema_name IN ('script_tracking', 'dbtrack_mart') OR r.identity IN ('script_tracking', 'dbtrack_mart')
                OR (r.object_type = 'event trigger'
                    AND r.identity IN ('et_ddl_command_start', 'et_ddl_command_end', 'et_sql_drop', 'et_table_rewrite')));
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.explain_catalog(pg_catalog.bool) IS
    'Marks the differences that an execution explains, for dbtrack reconcile';
