-- The one list of where dbtrack's tables can name a person, and what an erasure does there. Each column that can hold text is in it:
-- a test compares it with the catalog. A new column is personal unless you can say here why it is not.
--
-- handling: never: nobody can write a person into it. kept: it can name a person, and the note says why it stays and what to do.
-- record: script_tracking.erase_step and erase_objects change it, with its commitments. All others: erase_rows writes
--   login: [erased] instead of a login that is the subject; text: [erased] instead of a text that mentions it;
--   array: the same for each element; json: the same for each text in it (erase_json); address: nothing, if the address or the
--   login of the row is the subject; document: {"erased": true}; event: the same as its data; list: []; token: erased- and its id;
--   row, row_login: the row goes, if the text mentions the subject, or if the login is the subject
-- applies: the rows for which that holds, t being the row; NULL: all
CREATE OR REPLACE FUNCTION script_tracking.personal_columns()
RETURNS TABLE (
    table_name pg_catalog.text,
    column_name pg_catalog.text,
    handling pg_catalog.text,
    applies pg_catalog.text,
    note pg_catalog.text
)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT c.table_name, u.column_name, c.handling, c.applies, c.note
    FROM (VALUES
        -- The record itself.
        ('script_execution_s', 'db_session_user,client_ip,affected_objects,sql_command,error_message,metadata', 'record', NULL, NULL),
        ('script_execution_s', 'script_name', 'kept', NULL, 'the name of an operation: its key is computed from it and is sealed'),
        ('script_execution_s', 'script_type', 'kept', NULL, 'the type of an operation, which is sealed'),
        ('script_execution_s', 'record_source,execution_status', 'never', NULL, 'the writer and its server; a fixed word'),
        ('script_execution_s', 'hash_diff', 'record', NULL, 'computed again'),
        ('script_execution_h', 'script_execution_bk', 'kept', NULL, 'the name of an operation: its key is computed from it and is sealed'),
        ('script_execution_h', 'record_source', 'never', NULL, 'the writer and its server'),
        ('script_execution_parent_l', 'link_type,record_source', 'never', NULL, 'a fixed word; the writer and its server'),
        ('object_s', 'object_identity,grantees,definition', 'record', NULL, NULL),
        ('object_s', 'hash_diff', 'record', NULL, 'computed again'),
        ('object_s', 'object_bk,object_type,cause,record_source', 'never', NULL, 'oids; fixed words; the writer and its server'),
        ('object_h', 'object_bk,record_source', 'never', NULL, 'oids; the writer and its server'),
        ('object_same_l', 'renumbered,record_source', 'never', NULL, 'numbers of parts; the writer and its server'),
        ('object_state', 'place', 'never', NULL, 'server, database and table'),
        ('left_out_literal', 'object_bk,literal_hash', 'never', NULL, 'oids; a hash with a key that only the owner can read'),
        ('open_execution', 'opened_by', 'login', NULL, NULL),
        ('execution_resolution_s', 'resolved_by', 'login', NULL, NULL),
        ('execution_resolution_s', 'reason', 'text', NULL, NULL),
        ('execution_resolution_s', 'record_source', 'never', NULL, 'the writer and its server'),
        ('execution_wait_s', 'statement,object_identity', 'text', NULL, NULL),
        ('execution_wait_s', 'holders', 'list', NULL, NULL),
        ('execution_wait_s', 'seen_by,lock_mode,record_source', 'never', NULL, 'fixed words; the writer and its server'),
        ('logged_wait', 'db_session_user', 'row_login', NULL, NULL),
        ('logged_wait', 'application_name,statement,lock_target', 'row', NULL, NULL),
        ('logged_wait', 'entry_hash,wait_state,lock_mode', 'never', NULL, 'a hash of a whole entry of a log; fixed words'),
        ('logged_entry', 'entry_hash', 'never', NULL, 'a hash of a whole entry of a log'),
        ('logged_start', 'session_statement', 'never', NULL, 'the number of a session and of its statement'),
        ('log_position', 'source_name', 'text', NULL, NULL),
        ('log_position', 'source_hash,log_format,tail_hash', 'never', NULL, 'hashes, by which ingest knows a file again; a fixed word'),
        ('capture_failure', 'db_session_user', 'login', NULL, NULL),
        ('capture_failure', 'error_message', 'text', NULL, NULL),
        ('capture_failure', 'command_tag,error_sqlstate', 'never', NULL, 'words of PostgreSQL'),
        -- What was computed from it.
        ('rollup_error', 'message', 'text', NULL, NULL),
        ('rollup_error', 'users', 'array', NULL, NULL),
        ('rollup_error', 'cause_hash,execution_status,own_sqlstate,ended_by,tenants', 'never', NULL, 'hashes; fixed words'),
        ('rollup_tenant', 'script_type', 'kept', NULL, 'the type of an operation, which is sealed'),
        ('rollup_total', 'script_type', 'kept', NULL, 'the type of an operation, which is sealed'),
        ('execution_counter', 'script_type', 'kept', NULL, 'the type of an operation, which is sealed'),
        ('execution_counter', 'execution_status,error_class', 'never', NULL, 'fixed words'),
        ('rollup_state', 'place', 'never', NULL, 'server, database and table'),
        ('counter_state', 'place', 'never', NULL, 'server, database and table'),
        ('search_state', 'place', 'never', NULL, 'server, database and table'),
        ('late_arrival', 'leaf_kind', 'never', NULL, 'a fixed word'),
        ('unrecorded_removal', 'months', 'never', NULL, 'months'),
        -- The seals: salted commitments.
        ('seal_leaf', 'leaf_kind,leaf_hash,person_salt,person_commitment,text_salt,text_commitment,erased_by', 'never', NULL,
            'commitments, whose salts go with what was erased'),
        ('seal_block', 'system_identifier,database_name,server_encoding,previous_hash,root_hash,block_hash', 'never', NULL,
            'the name of the server and of the database; hashes'),
        ('seal_state', 'place', 'never', NULL, 'server, database and table'),
        ('examination', 'db_session_user', 'login', NULL, NULL),
        ('examination', 'details', 'json', NULL, NULL),
        ('examination', 'examination_kind', 'never', NULL, 'a fixed word'),
        -- Who read what.
        ('access_log', 'db_session_user', 'login', NULL, NULL),
        ('access_log', 'client_ip', 'address', NULL, NULL),
        ('access_log', 'application_name,report_name,accessed_tenant', 'text', NULL, NULL),
        ('auditor', 'added_by,removed_by', 'login', NULL, NULL),
        ('auditor', 'login_name', 'login', 't.removed_at IS NOT NULL', NULL),
        ('auditor', 'login_name', 'kept', 't.removed_at IS NULL', 'it decides what an auditor sees; run: dbtrack auditor remove'),
        ('auditor', 'reaches_hk', 'never', NULL, 'hash keys of tenants'),
        ('api_token', 'created_by', 'login', NULL, NULL),
        ('api_token', 'token_name', 'token', NULL, NULL),
        ('api_token', 'token_id,token_scope,proves_hk,inner_pad,outer_pad', 'never', NULL, 'random; a fixed word; hash keys of tenants'),
        ('api_start', 'token_id,request_hash,content_hash', 'never', NULL, 'random; hashes with the key of the token'),
        -- Events and alerts.
        ('notice', 'notice_data', 'document', NULL, NULL),
        ('notice', 'subject', 'text', NULL, NULL),
        ('notice', 'notice_type,record_source', 'never', NULL, 'a fixed word; the writer and its server'),
        ('alert', 'created_by', 'login', NULL, NULL),
        ('alert', 'failure,silence_reason', 'text', NULL, NULL),
        ('alert', 'alert_name,condition,endpoints', 'kept', NULL, 'an administrator configured it; run: dbtrack alert remove'),
        ('alert', 'report_name,severity,group_by', 'never', NULL, 'names of reports; fixed words'),
        ('alert_state', 'group_name', 'row', NULL, NULL),
        ('alert_state', 'first_row,last_row', 'document', NULL, NULL),
        ('alert_state', 'alert_name', 'kept', NULL, 'an administrator configured it; run: dbtrack alert remove'),
        ('alert_state', 'state,arrivals', 'never', NULL, 'a fixed word; moments'),
        ('alert_cursor', 'place', 'never', NULL, 'server, database and table'),
        ('event_endpoint', 'created_by', 'login', NULL, NULL),
        ('event_endpoint', 'held_because,leased_by', 'text', NULL, NULL),
        ('event_endpoint', 'endpoint_name,configuration', 'kept', NULL,
            'an administrator configured it, and secrets in it are encrypted; run: dbtrack webhook remove'),
        ('event_endpoint', 'endpoint_kind,event_types,tenant_hks,place,event_chain,last_event_id', 'never', NULL,
            'fixed words; hash keys of tenants; server, database and table; hashes'),
        ('webhook_delivery', 'last_failure', 'text', NULL, NULL),
        ('webhook_delivery', 'endpoint_name', 'kept', NULL, 'an administrator configured it; run: dbtrack webhook remove'),
        ('webhook_delivery', 'event_id', 'never', NULL, 'a hash'),
        ('webhook_dead_letter', 'event', 'event', NULL, NULL),
        ('webhook_dead_letter', 'last_failure', 'text', NULL, NULL),
        ('webhook_dead_letter', 'endpoint_name', 'kept', NULL, 'an administrator configured it; run: dbtrack webhook remove'),
        ('webhook_dead_letter', 'event_id,event_type', 'never', NULL, 'a hash; a fixed word'),
        -- Settings, tenants, keys.
        ('setting', 'changed_by', 'login', NULL, NULL),
        ('setting', 'setting_name,setting_value', 'kept', NULL, 'an administrator configured it; run: dbtrack settings'),
        ('setting', 'default_value,allowed_values,description', 'never', NULL, 'dbtrack''s own words'),
        ('setting_s', 'changed_by', 'login', NULL, NULL),
        ('setting_s', 'setting_value', 'text', NULL, NULL),
        ('setting_s', 'setting_name', 'kept', NULL, 'the name of a setting of a tenant or of a type'),
        ('setting_s', 'record_source', 'never', NULL, 'the writer and its server'),
        ('capture_setting', 'ignored_schemas,ignored_roles', 'kept', NULL, 'the settings capture.ignore_*; run: dbtrack settings'),
        ('capture_setting', 'redaction', 'never', NULL, 'a fixed word'),
        ('capture_secret', 'secret', 'never', NULL, 'random'),
        ('tenant_h', 'tenant_bk', 'kept', NULL, 'the name of a tenant: its key is computed from it'),
        ('tenant_h', 'record_source', 'never', NULL, 'the writer and its server'),
        ('tenant_s', 'tenant_name', 'text', 't.load_end_date IS NOT NULL', NULL),
        ('tenant_s', 'tenant_name', 'kept', 't.load_end_date IS NULL', 'the name of a tenant; run: dbtrack tenant rename'),
        ('tenant_s', 'hash_diff,record_source', 'never', NULL, 'a hash; the writer and its server'),
        ('tenant_role_l', 'role_name', 'kept', NULL, 'it decides what a login sees; run: dbtrack tenant revoke'),
        ('tenant_role_l', 'record_source', 'never', NULL, 'the writer and its server'),
        ('tenant_role_es', 'changed_by', 'login', NULL, NULL),
        -- The history of a login's grants keeps its name until its last grant is gone.
        ('tenant_role_es', 'role_name', 'login',
            'NOT EXISTS (SELECT FROM script_tracking.tenant_role_l AS l WHERE l.role_name = t.role_name)', NULL),
        ('tenant_role_es', 'role_name', 'kept',
            'EXISTS (SELECT FROM script_tracking.tenant_role_l AS l WHERE l.role_name = t.role_name)',
            'it decides what a login sees; run: dbtrack tenant revoke'),
        ('tenant_role_es', 'record_source', 'never', NULL, 'the writer and its server'),
        ('tenant_schema_l', 'schema_name', 'kept', NULL, 'it decides whose a schema is; map another one'),
        ('tenant_schema_l', 'record_source', 'never', NULL, 'the writer and its server'),
        ('tenant_schema_es', 'changed_by', 'login', NULL, NULL),
        ('tenant_schema_es', 'schema_name', 'text',
            'NOT EXISTS (SELECT FROM script_tracking.tenant_schema_l AS l WHERE l.schema_name = t.schema_name)', NULL),
        ('tenant_schema_es', 'schema_name', 'kept',
            'EXISTS (SELECT FROM script_tracking.tenant_schema_l AS l WHERE l.schema_name = t.schema_name)',
            'it decides whose a schema is; map another one'),
        ('tenant_schema_es', 'record_source', 'never', NULL, 'the writer and its server'),
        ('tenant_key', 'created_by', 'login', NULL, NULL),
        ('tenant_key', 'key_name', 'kept', NULL, 'services prove tenants by it; run: dbtrack tenant-key drop'),
        ('tenant_key', 'inner_pad,outer_pad,proves_hk', 'never', NULL, 'random; hash keys of tenants'),
        -- The catalogs, and the installation.
        ('catalog_object', 'object_name,object_identity,schema_name,depends_on,attributes,column_names', 'kept', NULL,
            'what the catalogs of the database contained; rename or drop it there, then run: dbtrack reconcile'),
        ('catalog_object', 'object_type,definition_hash,acl_hash', 'never', NULL, 'fixed words; hashes of whole definitions'),
        ('catalog_difference', 'old_object,new_object,object_identity,before,after,lost_columns,lost_defaults', 'row', NULL, NULL),
        ('catalog_difference', 'change,object_type,explained_by', 'never', NULL, 'fixed words; a hash key'),
        ('catalog_snapshot', 'unreadable', 'array', NULL, NULL),
        ('catalog_snapshot', 'place,installed_at', 'never', NULL, 'server, database and table; a moment'),
        ('installation', 'property_value', 'text', $$t.property_name = 'installed_by'$$, NULL),
        ('installation', 'property_value', 'never', $$t.property_name <> 'installed_by'$$,
            'dbtrack''s own roles, which are no persons, and names of its relations'),
        ('installation', 'property_name', 'never', NULL, 'dbtrack''s own words'),
        ('installed_routine', 'routine_identity,definition_hash', 'never', NULL, 'dbtrack''s own functions'),
        ('schema_migration', 'migration_name,checksum,dbtrack_version', 'never', NULL, 'dbtrack''s own words')
    ) AS c (table_name, column_names, handling, applies, note)
    CROSS JOIN LATERAL unnest(string_to_array(c.column_names, ',')) AS u (column_name)
$function$;

COMMENT ON FUNCTION script_tracking.personal_columns() IS
    'Where dbtrack''s tables can name a person, and what an erasure does there';
