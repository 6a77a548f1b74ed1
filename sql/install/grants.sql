-- Sets all privileges. It runs on every install, so that it is always complete.
-- reader: reports, of its own tenants. operator: that, and recording its own operations. admin: that, for all tenants,
-- and maintenance, settings, tenants. Nobody but the owner's functions writes a row.
DO $grants$
DECLARE
    c_reader constant text[] := ARRAY['calculate_hash_key', 'generate_unique_script_name', 'parse_moment',
        'resolve_tenant', 'caller_tenants', 'current_setting_value', 'is_proven_link', 'error_cause',
        'normalise_message', 'backend_start', 'tenant_challenge', 'proven_tenant', 'record_access',
        'tally_executions', 'tally_rows', 'rollup_rows', 'rollup_pieces', 'current_rollup_state',
        'rollup_place', 'histogram_percentiles', 'rollup_reach', 'tally_errors', 'rollup_error_rows',
        'failed_rows', 'sees_all_tenants', 'tenant_source', 'execution_versions', 'uncaptured_roles',
        'uncounted_since', 'running_executions', 'complete_before', 'event_types', 'alerts_evaluated_at',
        'announced_executions', 'gained_rights', 'new_versions', 'first_new_transaction', 'proven_token',
        'token_sees_all', 'counted_executions', 'uncounted_executions', 'duration_bounds', 'usual_types',
        'counting_state', 'usual_limits', 'usual_duration', 'object_parts', 'executions_as_of',
        'later_success', 'failed_operation', 'names_same_object', 'resolution_of', 'left_behind',
        'present_object', 'failure_cause', 'wait_holders', 'wrapped_application_name', 'later_operation',
        'later_ddl', 'failure_state', 'earlier_versions', 'renumbered_part', 'object_began', 'search_places',
        'search_slots', 'versions_within', 'tally_hours', 'fit_trend', 'score_series', 'sign_review',
        'auditor_sees_all', 'auditor_verifies', 'auditor_end', 'refuse_late_auditor', 'evidence_hours',
        'evidence_patterns', 'evidence_same_person', 'evidence_explanations', 'evidence_capture_gaps',
        'evidence_failed_verifications', 'evidence_capture', 'evidence_numbers', 'evidence_seals',
        'evidence_runs', 'evidence_counted', 'evidence_length',
        'person_names', 'conformal_interval', 'failure_patterns', 'failure_words',
        'record_months', 'predict_operations', 'predict_failures', 'predict_partitions', 'predict_retention',
        'predict_size', 'advise_repeated_failures', 'advise_lock_waits', 'advise_slower',
        'advise_blocking_indexes', 'advise_held_back', 'advise_invalid_indexes', 'advise_unused_grants',
        'has_run_nothing', 'retention_conflicts', 'retention_bounds', 'framework_periods', 'setting_names',
        'evidence_names', 'class_names', 'class_relations', 'class_rules', 'class_map', 'execution_classes',
        'classified_executions', 'present_roles', 'class_roles', 'class_holders', 'login_uses',
        'origin_commit_time', 'anomaly_incidents', 'anomaly_reason', 'judged_value', 'short_number',
        'enter_source', 'class_objects', 'judge_incidents', 'caller_schemas', 'replication_slots',
        'whole_rollup_days', 'trend_days', 'trend_counts', 'trend_begin', 'tally_tenants',
        'trend_starts', 'trend_names', 'trend_tenants', 'name_counts', 'count_by_tenant',
        'evidence_details', 'evidence_other_exceptions']; -- and every report: get_*
    c_operator constant text[] := ARRAY['track_operation', 'complete_operation', 'record_operations',
        'record_spooled', 'link_by_application_name', 'advance_rollups', 'start_once', 'record_refusal',
        'act_as_token', 'resolve_execution', 'resolve_cause', 'record_waits', 'record_evidence',
        'advance_anomalies', 'record_outbox', 'advance_rollup_days', 'receive_outbox'];
    c_admin constant text[] := ARRAY['maintain', 'cleanup_old_data', 'cleanup_step', 'record_cleanup',
        'count_expired', 'permit_cleanup', 'retention_cutoff', 'retention_rules', 'ensure_partitions',
        'close_abandoned', 'set_setting', 'add_tenant', 'grant_tenant', 'map_tenant_schema', 'rename_tenant',
        'set_tenant_active', 'revoke_tenant', 'clear_default_tenant', 'create_tenant_key', 'drop_tenant_key',
        'list_tenant_keys', 'reconcile_catalog', 'ingest_log_records', 'routine_hash', 'seal_step',
        'accept_fork', 'erase_begin', 'erase_step', 'erase_end', 'erase_places', 'rebuild_rollups',
        'settle_month', 'hold_archived', 'ensure_month', 'restore_archived', 'record_restore',
        'set_tenant_source', 'lock_tenant_source', 'sync_tenants', 'arrival_trigger', 'create_endpoint',
        'change_endpoint', 'pause_endpoint', 'resume_endpoint', 'drop_endpoint', 'lease_endpoint',
        'release_endpoint', 'claim_events', 'acknowledge_events', 'note_timeline', 'lost_events',
        'record_notice', 'save_webhook_attempt', 'clear_webhook_attempts', 'add_dead_letter',
        'remove_dead_letter', 'add_alert', 'remove_alert', 'silence_alert', 'begin_alert_evaluation',
        'advance_alert', 'fail_alert', 'end_alert_evaluation', 'note_capture_failures', 'create_api_token',
        'revoke_api_token', 'list_api_tokens', 'publication_statement', 'subscription_statement',
        'incomplete_publications', 'ingest_lock_waits', 'advance_search', 'add_auditor', 'remove_auditor',
        'list_auditors', 'enter_auditor', 'leave_auditor', 'record_examination', 'search_backlog',
        'claim_departure', 'record_departure', 'forget_destination', 'classify_object', 'import_migrations',
        'read_migration_history', 'add_vault_source', 'remove_vault_source', 'accept_vault_findings',
        'class_executions', 'kept_class_executions', 'unsent_waits', 'records_since', 'unsent_objects',
        'set_vault_source', 'rewritten_versions',
        'unsent_object_links', 'server_timeline'];
    c_readable constant text[] := ARRAY['script_execution_h', 'script_execution_s',
        'script_execution_parent_l', 'tenant_h', 'tenant_s', 'setting', 'installation', 'schema_migration',
        'current_execution', 'access_log', 'ended_execution', 'failed_execution', 'rollup_tenant',
        'rollup_error', 'rollup_gap', 'rollup_state', 'event', 'notice', 'alert', 'alert_state',
        'execution_counter', 'counter_state', 'annotation', 'object_h', 'object_s', 'object_same_l',
        'object_execution_l', 'execution_origin', 'execution_period', 'execution_bridge',
        'execution_resolution_s', 'execution_waited', 'review', 'review_exception', 'object_class_s',
        'role_s', 'first_seen', 'rollup_login', 'anomaly_score', 'rollup_day', 'rollup_day_state',
        'rollup_week', 'rollup_week_state'];
    v_ours oid[] := ARRAY(
        SELECT to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))::oid
        FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.'));
    v_role record;
    v_readers text;
    v_routine record;
    v_relation text;
BEGIN
    SELECT max(i.property_value) FILTER (WHERE i.property_name = 'role.reader') AS reader,
        max(i.property_value) FILTER (WHERE i.property_name = 'role.operator') AS operator,
        max(i.property_value) FILTER (WHERE i.property_name = 'role.admin') AS admin
    INTO v_role
    FROM script_tracking.installation AS i;
    REVOKE ALL ON SCHEMA script_tracking FROM PUBLIC;
    -- Everything else in the schema belongs to others, who grant it as they like.
    FOR v_relation IN
        SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass::text
        FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p', 'v', 'S') AND c.relowner = current_user::regrole AND (
            coalesce(pg_partition_root(c.oid), c.oid) = ANY (v_ours)
            OR EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjid = ANY (v_ours)))
            AND EXISTS (SELECT FROM aclexplode(c.relacl) AS a WHERE a.grantee = 0)
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', v_relation);
    END LOOP;
    FOR v_routine IN
        SELECT p.oid::regprocedure::text AS signature
        FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proowner = current_user::regrole
            AND p.proname::text = ANY (string_to_array(current_setting('dbtrack.routines'), ','))
            AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0)
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_routine.signature);
    END LOOP;
    IF to_regrole(quote_ident(v_role.reader)) IS NULL OR to_regrole(quote_ident(v_role.operator)) IS NULL
        OR to_regrole(quote_ident(v_role.admin)) IS NULL THEN
        RAISE WARNING 'not all of the roles %, % and % exist: nobody but % can use dbtrack', v_role.reader,
            v_role.operator, v_role.admin, current_user;
        RETURN;
    END IF;
    -- All who read. Auditors are in no other role, so they get their own privileges; row security decides what they see.
    SELECT format('%I, %I, %I', v_role.reader, v_role.operator, v_role.admin)
        || coalesce(', ' || quote_ident(max(i.property_value)), '')
    INTO v_readers
    FROM script_tracking.installation AS i
    WHERE i.property_name = 'role.auditor' AND to_regrole(quote_ident(i.property_value)) IS NOT NULL;
    EXECUTE 'GRANT USAGE ON SCHEMA script_tracking TO ' || v_readers;
    FOREACH v_relation IN ARRAY c_readable LOOP
        EXECUTE format('GRANT SELECT ON script_tracking.%I TO %s', v_relation, v_readers);
    END LOOP;
    -- Who held the lock can be another tenant's login: wait_holders shows it to those who see all tenants.
    EXECUTE format('GRANT SELECT (script_execution_hk, started_at, seen_by, load_date, tenant_hk, waited_ms, is_acquired, '
        'lock_mode, object_identity, backend_pid, statement, record_source) ON script_tracking.execution_wait_s '
        'TO %s', v_readers);
    EXECUTE format('GRANT SELECT ON SEQUENCE script_tracking.capture_failure_seq, script_tracking.capture_partial_seq '
        'TO %s', v_readers);
    EXECUTE format('GRANT SELECT ON script_tracking.tenant_role_l, script_tracking.tenant_schema_l, '
        'script_tracking.open_execution, script_tracking.capture_failure, script_tracking.installed_routine, '
        'script_tracking.log_position, script_tracking.rollup_total, script_tracking.catalog_difference, '
        'script_tracking.catalog_snapshot, '
        'script_tracking.seal_block, script_tracking.seal_leaf, script_tracking.seal_state, '
        'script_tracking.alert_cursor, '
        'script_tracking.archivable_row, script_tracking.late_arrival, script_tracking.sealable_version, '
        'script_tracking.tenant_role_es, script_tracking.tenant_schema_es, '
        'script_tracking.setting_s, script_tracking.tenant_role_history, script_tracking.tenant_schema_history, '
        'script_tracking.setting_history, script_tracking.event_endpoint, script_tracking.webhook_delivery, '
        'script_tracking.webhook_dead_letter, script_tracking.object_state, script_tracking.auditor, '
        'script_tracking.digest_destination, script_tracking.digest_departure TO %I',
        v_role.admin);
    -- The role of the API is a member of the operators. Row security shows it no row of this table, unless the
    -- transaction proved a token for everything.
    SELECT i.property_value INTO v_relation FROM script_tracking.installation AS i WHERE i.property_name = 'role.api';
    IF to_regrole(quote_ident(v_relation)) IS NOT NULL THEN
        EXECUTE format('GRANT SELECT ON script_tracking.rollup_total TO %I', v_relation);
    END IF;
    -- Its policy calls it with the privileges of whoever reads; auditors of everything also read counts and failures.
    SELECT i.property_value INTO v_relation FROM script_tracking.installation AS i WHERE i.property_name = 'role.auditor';
    IF to_regrole(quote_ident(v_relation)) IS NOT NULL THEN
        EXECUTE format('GRANT EXECUTE ON FUNCTION script_tracking.note_auditor(text) TO %I', v_relation);
        EXECUTE format('GRANT SELECT ON script_tracking.rollup_total, script_tracking.capture_failure TO %I', v_relation);
        -- What dbtrack verify and dbtrack prove read; row security shows it to auditors of everything.
        EXECUTE format('GRANT SELECT ON script_tracking.seal_block, script_tracking.seal_leaf, script_tracking.seal_state, '
            'script_tracking.late_arrival, script_tracking.sealable_version, script_tracking.digest_departure TO %I', v_relation);
    END IF;
    FOR v_routine IN
        SELECT p.oid::regprocedure::text AS signature, p.proname::text AS name
        FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proowner = current_user::regrole
            AND p.proname::text = ANY (string_to_array(current_setting('dbtrack.routines'), ','))
    LOOP
        IF v_routine.name = ANY (c_reader) OR v_routine.name LIKE 'get@_%' ESCAPE '@' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', v_routine.signature, v_readers);
        ELSIF v_routine.name = ANY (c_operator) THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I, %I', v_routine.signature, v_role.operator, v_role.admin);
        ELSIF v_routine.name = ANY (c_admin) THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', v_routine.signature, v_role.admin);
        END IF;
    END LOOP;
END
$grants$;
