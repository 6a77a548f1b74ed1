-- ddl_command_end: records the command as one execution, with all its objects.
--
-- It is one function of few expressions, though it is long: most DDL is a transaction of its own, in which each expression
-- has to be set up again and finds the processor's caches cold, and each function call costs 25 microseconds
-- (docs/decisions/0006-capture-cost.md). Functions are called only for what few commands need.
--
-- Everything that can fail is in a guarded block. For the first 32 commands of a transaction the rows are written in the
-- same block. Later ones are written after it, because a block that writes takes a subtransaction id, and more of them
-- would overflow the backend's cache of 64. By then the tables have taken 32 rows, and their locks are held to the end.
-- The end of any block walks all files, locks and cached relations of the transaction. So from the setting
-- capture.guarded_commands on, a command of a kind that has been captured in the transaction runs in capture_command,
-- without a block (docs/decisions/0014-growth.md). Sections 3 to 15 are the same there; a test compares them.
-- A loop over a query runs the query in a portal of its own, whose locks go to the transaction. The client's own portal
-- would, at its end, walk all locks of the transaction as soon as it held more than 15.
--
-- Sections:
--    1. Who ran the command: the client, or code in the server
--    2. Commands of a kind that needs no guarded block any more
--    3. The statement, if the client sent it alone
--    4. Nesting level, start, duration, and which command of the transaction this is
--    5. The settings of capture, and the objects that PostgreSQL reports
--    6. The end of a command on an extension
--    7. The statement, if it is one of several or code ran it
--    8. Capture is off
--    9. Objects that PostgreSQL does not report here: dropped, granted, several, temporary
--   10. Partitions that are attached or detached; commands that an administrator excluded
--   11. The tenant
--   12. Whether the statement can contain a secret
--   13. What the objects look like now
--   14. The statement as it is stored
--   15. The metadata
--   16. The rows, written in the block
--   17. Which kinds are proven
--   18. The rows, written after the block
--
-- Flags:
--   v_line_end         0: the client itself sent the command; otherwise code ran it, and the context's first line ends here
--   v_is_part          the statement is one of several, or code ran it: section 7 finds it
--   v_is_whole         true: the statement could not be determined, and the client's string stands for it
--   v_has_secret       the text beside the statement can contain a secret
--   v_is_suspect       the statement may contain a secret, or is too long: bounded_statement examines it
--   v_may_be_left_out  the administrator excluded some schemas, and this login's commands there
--   v_number           which command of the transaction this is; NULL: the first
--   v_proven, v_kind   the kinds that were captured in this transaction, and the kind of this command; NULL: it may change
--                      dbtrack itself, and no kind is proven any more
--   v_rare             metadata that few commands have; NULL: none
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_end()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
-- Small look-ups by key: planning them again each time costs more than any plan could save.
SET plan_cache_mode = force_generic_plan
-- The catalogs are read by their indexes also where they are small: a plan is kept while they grow.
SET random_page_cost = 0
SET jit = off
-- A session must not be able to set it so low that its DDL is not recorded.
SET lock_timeout = '10s'
AS $function$
DECLARE
    v_ended_at CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_tag CONSTANT pg_catalog.text := TG_TAG;
    -- Not NULL, because NULL AND f() calls f.
    v_proven CONSTANT pg_catalog.text := coalesce(current_setting('dbtrack.ddl_proven', true), '');
    v_encoding CONSTANT pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_kind pg_catalog.text;
    v_context pg_catalog.text;
    -- Where the first line of the context ends: 0 where the client itself sent the command.
    v_line_end pg_catalog.int4;
    v_started_at pg_catalog.timestamptz;
    v_duration_us pg_catalog.int8;
    v_duration_ms pg_catalog.int8;
    v_nesting_level pg_catalog.int4;
    v_tenant_hk pg_catalog.bytea;
    v_identities pg_catalog.text[];
    v_statement pg_catalog.text;
    v_metadata pg_catalog.jsonb;
    v_stack pg_catalog.text := current_setting('dbtrack.ddl_stack', true);
    -- Which command of the transaction this is; NULL for the first.
    v_number pg_catalog.int4;
    v_is_part pg_catalog.bool;
    v_is_whole pg_catalog.bool;
    v_may_be_left_out pg_catalog.bool;
    v_has_secret pg_catalog.bool;
    v_is_suspect pg_catalog.bool;
    v_own record;
    v_types pg_catalog.text[];
    v_schemas pg_catalog.text[];
    v_is_enabled pg_catalog.bool;
    v_with_temporary pg_catalog.bool;
    v_most_objects pg_catalog.int4;
    v_statement_characters pg_catalog.int4;
    v_redaction pg_catalog.text;
    -- How the history of objects is redacted.
    v_described_as pg_catalog.text;
    v_has_tenants pg_catalog.bool;
    v_ignored_schemas pg_catalog.text[];
    v_ignored_roles pg_catalog.text[];
    v_guarded_commands pg_catalog.int4;
    v_with_history pg_catalog.bool;
    v_most_described pg_catalog.int4;
    v_catalogs pg_catalog.oid[];
    v_oids pg_catalog.oid[];
    v_count pg_catalog.int4;
    v_setting pg_catalog.text;
    v_lower pg_catalog.text COLLATE pg_catalog."C";
    v_dropped pg_catalog.text;
    v_besides pg_catalog.jsonb;
    v_privileges pg_catalog.jsonb;
    -- The history of objects: what sql_drop passed on, the rows, and which command ids they are about.
    v_gone pg_catalog.jsonb;
    v_objects pg_catalog.jsonb;
    v_after pg_catalog.int8;
    v_last pg_catalog.int8;
    v_digest pg_catalog.text;
    v_is_simple pg_catalog.bool;
    v_part record;
    v_words pg_catalog.text COLLATE pg_catalog."C";
    -- The one table that the command is about, and its version.
    v_relation pg_catalog.oid;
    v_parts pg_catalog.jsonb;
    v_last_part pg_catalog.int8;
    v_lost pg_catalog.jsonb;
    v_rows pg_catalog.float4;
    v_pages pg_catalog.int4;
    v_with_privileges pg_catalog.bool;
    v_text pg_catalog.text;
    v_object_bk pg_catalog.text;
    v_object_type pg_catalog.text;
    v_object_identity pg_catalog.text;
    v_grantees pg_catalog.name[];
    v_definition pg_catalog.jsonb;
    v_version_hash pg_catalog.bytea;
    -- Metadata that few commands have.
    v_rare pg_catalog.jsonb;
    v_now pg_catalog.timestamptz;
    v_business_key pg_catalog."varchar";
    v_execution_hk pg_catalog.bytea;
    v_record_source pg_catalog.text;
    v_hash_diff pg_catalog.bytea;
BEGIN
    -- 1. Who ran the command: the client, or code in the server.
    GET DIAGNOSTICS v_context = PG_CONTEXT;
    v_line_end := strpos(v_context, E'\n');
    IF v_line_end > 0 THEN
        -- The next line can be the parameters that the client bound, in the language of lc_messages. They are not code. The
        -- first letters of the line show most code that runs DDL, and English, without the call. If the call fails, the
        -- client counts as code: the command is recorded with the client's string.
        IF substr(left(v_context, 300), v_line_end + 1, 4) NOT IN ('SQL ', 'SQL-', 'PL/p') THEN
            IF substr(left(v_context, 300), v_line_end + 1, 7) IN ('unnamed', 'portal ') THEN
                v_context := left(v_context, v_line_end - 1);
            ELSE
                BEGIN
                    v_context := script_tracking.client_context(v_context);
                EXCEPTION
                    WHEN OTHERS THEN
                        NULL;
                END;
            END IF;
            v_line_end := strpos(v_context, E'\n');
        END IF;
    END IF;
    -- 2. Commands of a kind that needs no guarded block any more.
    IF v_proven <> '' THEN
        v_kind := script_tracking.capture_kind(v_tag, v_context, v_stack);
        IF v_kind <> '' AND strpos(v_proven, v_kind) > 0 THEN
            FOR v_setting IN SELECT script_tracking.capture_command(v_tag, v_context, v_ended_at) LOOP
                NULL;
            END LOOP;
            RETURN;
        END IF;
    END IF;
    BEGIN
        -- Equal from here.
        -- 3. The statement, if the client sent it alone.
        -- current_query() is the DDL itself, unless code in the server issued it or the client sent several statements at once.
        -- Each call copies the string, so there is no call if the string is known to have several statements.
        IF v_line_end > 0 THEN
            v_is_part := true;
        ELSE
            v_setting := current_setting('dbtrack.ddl_string', true);
            IF v_setting <> '' THEN
                v_is_part := starts_with(substr(v_setting, 65),
                    (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8 || ':');
            END IF;
            IF v_is_part IS NOT TRUE THEN
                v_statement := current_query();
                v_is_part := octet_length(v_statement) > 1000000 OR strpos(rtrim(v_statement, E' \n\r\t;'), ';') > 0;
            END IF;
        END IF;
        -- 4. Nesting level, start, duration, and which command of the transaction this is.
        v_nesting_level := cardinality(string_to_array(
            set_config('dbtrack.ddl_stack', coalesce(substr(v_stack, 18), ''), true), ' '));
        -- The session could have written the stack: a start outside its transaction does not count.
        IF translate(left(v_stack, 16), '0123456789', '0000000000') = '0000000000000000' THEN
            v_started_at := to_timestamp(left(v_stack, 16)::pg_catalog.float8 / 1000000);
        END IF;
        IF (v_started_at BETWEEN transaction_timestamp() AND v_ended_at) IS NOT TRUE THEN
            v_started_at := statement_timestamp();
        END IF;
        v_duration_us := (date_part('epoch', v_ended_at - v_started_at) * 1000000)::pg_catalog.int8;
        v_setting := current_setting('dbtrack.ddl_guarded', true);
        IF v_setting <> '' THEN
            -- The session could have written this too: at worst a command runs without a guarded block, or in one more.
            IF length(v_setting) <= 8 AND translate(v_setting, '0123456789', '') = '' THEN
                v_number := v_setting::pg_catalog.int4 + 1;
            END IF;
        END IF;
        v_setting := set_config('dbtrack.ddl_guarded', coalesce(v_number, 1)::pg_catalog.text, true);
        -- 5. The settings of capture, and the objects that PostgreSQL reports.
        SELECT s.is_enabled, s.with_temporary, s.most_objects, s.statement_characters, s.redaction, s.has_tenants,
            s.ignored_schemas, s.ignored_roles, s.guarded_commands, s.with_history, s.most_described,
            c.identities, c.types, c.schemas, c.catalogs, c.oids, 1
        INTO v_is_enabled, v_with_temporary, v_most_objects, v_statement_characters, v_redaction, v_has_tenants,
            v_ignored_schemas, v_ignored_roles, v_guarded_commands, v_with_history, v_most_described,
            v_identities, v_types, v_schemas, v_catalogs, v_oids, v_count
        FROM script_tracking.capture_setting AS s
        CROSS JOIN (
            SELECT array_agg(d.object_identity) AS identities, array_agg(d.object_type) AS types,
                array_agg(CASE WHEN d.object_type = 'schema' THEN (parse_ident(d.object_identity))[1]
                    ELSE d.schema_name END) AS schemas,
                array_agg(d.classid) AS catalogs, array_agg(d.objid) AS oids
            FROM pg_event_trigger_ddl_commands() AS d
            WHERE NOT d.in_extension) AS c;
        -- 6. The end of a command on an extension.
        -- Always clear the mark of the extension here: later statements of the same string are not part of its script.
        IF v_tag LIKE '% EXTENSION' THEN
            IF split_part(current_setting('dbtrack.ddl_extension', true), ':', 1) = v_nesting_level::pg_catalog.text THEN
                v_setting := set_config('dbtrack.ddl_extension', '', true);
            END IF;
        END IF;
        -- 7. The statement, if it is one of several or code ran it.
        -- Also while capture is off: the next statement of the string is looked for after this one.
        IF v_is_part THEN
            v_own := script_tracking.captured_statement(v_tag, v_context, v_identities, v_types, true);
            v_statement := v_own.o_statement;
            v_has_secret := v_own.o_has_secret;
            v_is_whole := v_own.o_is_whole;
            v_rare := jsonb_build_object('statement_is_whole', v_is_whole);
        END IF;
        -- 8. Capture is off.
        IF v_is_enabled IS NOT TRUE OR current_setting('dbtrack.ddl_maintenance', true) <> '' THEN
            IF v_is_enabled IS NULL THEN
                RAISE EXCEPTION 'capture_setting has no row: run dbtrack install' USING ERRCODE = 'DT001';
            ELSIF script_tracking.captured_is_switched_off(v_schemas) THEN
                RETURN;
            END IF;
        END IF;
        -- 9. Objects that PostgreSQL does not report here: dropped, granted, several, temporary.
        -- Not for the usual command, which names one object that is not temporary.
        IF (cardinality(v_identities) = 1 AND v_identities[1] NOT LIKE '%pg_temp%') IS NOT TRUE
            OR v_nesting_level > 0 OR v_tag LIKE '% EXTENSION' OR current_setting('dbtrack.ddl_dropped0', true) <> ''
            OR pg_my_temp_schema() <> 0 OR current_setting('session_replication_role') = 'replica' THEN
            -- What sql_drop left for this nesting level, taken once, if it is what sql_drop wrote.
            v_setting := 'dbtrack.ddl_dropped' || v_nesting_level;
            v_dropped := current_setting(v_setting, true);
            IF v_dropped <> '' THEN
                v_setting := set_config(v_setting, '', true);
                IF left(v_dropped, 64) = script_tracking.capture_digest(substr(v_dropped, 65)) THEN
                    v_besides := nullif(split_part(substr(v_dropped, 65), E'\n', 1), '');
                    v_gone := nullif(split_part(substr(v_dropped, 65), E'\n', 2), '');
                END IF;
            END IF;
            IF v_tag IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') AND v_identities IS NOT NULL THEN
                v_privileges := script_tracking.captured_privileges(v_tag, v_nesting_level);
                v_besides := coalesce(v_besides, '[]') || coalesce(v_privileges -> 'objects', '[]');
            END IF;
            v_own := script_tracking.captured_objects(v_tag, v_identities, v_types, v_schemas, v_besides,
                -- The identity shows that an object is temporary.
                strpos(array_to_string(v_identities, ' '), 'pg_temp') > 0, v_with_temporary);
            IF NOT v_own.o_happened THEN
                RETURN;
            END IF;
            v_count := cardinality(v_own.o_identities);
            v_identities := v_own.o_identities[1:v_most_objects];
            v_types := v_own.o_types[1:v_most_objects];
            v_schemas := v_own.o_schemas;
            v_rare := coalesce(v_rare, '{}') || jsonb_build_object(
                'objects_by_type', v_own.o_objects_by_type,
                'nesting_level', nullif(v_nesting_level, 0),
                'extension_members', CASE WHEN v_tag LIKE '% EXTENSION'
                    THEN script_tracking.captured_extension_members(v_identities) END,
                -- In the form in which capture_drop_partly passes it.
                'not_described', CASE WHEN v_besides #>> '{0,4}' IS NOT NULL
                    THEN jsonb_build_object('dropped', v_besides #>> '{0,4}') END);
            IF (v_besides IS NOT NULL AND v_tag NOT LIKE 'DROP %') OR pg_my_temp_schema() <> 0
                OR current_setting('session_replication_role') = 'replica' THEN
                v_rare := v_rare || script_tracking.captured_circumstances(v_tag, v_besides);
            END IF;
        END IF;
        -- 10. Partitions that are attached or detached; commands that an administrator excluded.
        IF v_ignored_schemas <> '{}' OR v_tag IN ('ALTER TABLE', 'ALTER INDEX') THEN
            v_may_be_left_out := v_ignored_schemas <> '{}'
                AND (v_ignored_roles = '{}' OR session_user = ANY (v_ignored_roles));
            IF v_may_be_left_out OR (v_tag IN ('ALTER TABLE', 'ALTER INDEX')
                AND strpos(lower(left(v_statement, 1000000) COLLATE pg_catalog."C"), 'partition') > 0) THEN
                FOR v_own IN SELECT p.* FROM script_tracking.captured_partition(left(v_statement, 1000000)) AS p
                    WHERE v_tag LIKE 'ALTER %' LOOP
                    v_identities := v_identities || v_own.object_identity;
                    v_types := v_types || v_own.object_type;
                    v_schemas := v_schemas || v_own.schema_name;
                    v_count := v_count + 1;
                END LOOP;
                IF v_may_be_left_out AND v_nesting_level = 0 AND v_is_whole IS NOT TRUE AND v_statement IS NOT NULL
                    AND script_tracking.captured_is_left_out(v_tag, v_types, v_schemas, v_ignored_schemas, v_statement) THEN
                    RETURN;
                END IF;
            END IF;
        END IF;
        -- 11. The tenant.
        IF v_has_tenants THEN
            v_tenant_hk := script_tracking.captured_tenant(v_schemas);
        END IF;
        -- 12. Whether the statement can contain a secret.
        -- What bounded_statement has to look at: it decides by characters, of which there are at most as many as bytes.
        IF v_redaction = 'all' OR octet_length(v_statement) > least(v_statement_characters, 1000000) THEN
            v_is_suspect := true;
        ELSE
            v_lower := lower(v_statement COLLATE pg_catalog."C");
            -- No secret without one of these; SET app.token = abc needs no quotes.
            IF v_lower LIKE ANY (ARRAY['%''%', '%$%', '%--%', '%/*%', '%set%']::pg_catalog._text) THEN
                -- carries_secret is a regular expression: a short text that it could match contains one of these.
                v_is_suspect := octet_length(v_statement) > 250 OR
                    -- <secrets:statement_look v_lower>
                    v_lower LIKE ANY (ARRAY[
                        '%pass%', '%pw%', '%kennwort%', '%secret%', '%token%', '%credential%', '%bearer%', '%oauth%',
                        '%jwt%', '%cookie%', '%webhook%', '%dblink%', '%conn%', '%pgp_%', '%hmac%', '%crypt%',
                        '%digest%', '%authorization%', $l$%\_user%$l$, '%key%', '%sig=%', '%signature%', '%identified%',
                        '%account_add%', '%curl%', '%mysql%', '%options%', '%://%', '%u&%', $l$%\\%$l$, '%scram%',
                        '%md5%', '%$2_$%', '%$argon%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                        '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                        '%gocspx%', '%pypi-%', '%v1_%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%', '%hf_%',
                        '%sg.%', '%hv_.%']::pg_catalog._text)
                    -- </secrets>
                    ;
            END IF;
        END IF;
        -- 13. What the objects look like now.
        IF v_with_history THEN
            IF v_number IS NOT NULL THEN
                -- Forged, it hides a part of a definition until maintain finds it.
                v_setting := current_setting('dbtrack.ddl_cid', true);
                IF v_setting <> '' AND length(v_setting) <= 10 AND translate(v_setting, '0123456789', '') = '' THEN
                    v_after := v_setting;
                END IF;
            END IF;
            v_words := CASE WHEN v_is_whole IS NOT TRUE AND octet_length(v_statement) <= 100000
                THEN coalesce(v_lower, lower(v_statement COLLATE pg_catalog."C")) END;
            -- What most commands are about is described here, without the calls below, which cost more than all of this: one
            -- table without children, no name that others mention, and nothing that few commands and tables need. A definition
            -- without a quote has no constant that could depend on the session's settings, and no secret.
            IF cardinality(v_oids) = 1 AND v_schemas[1] NOT IN ('script_tracking', 'pg_temp') THEN
                IF v_types[1] = 'table' AND v_tag IN ('ALTER TABLE', 'CREATE TABLE', 'GRANT', 'REVOKE') THEN
                    v_relation := v_oids[1];
                    IF v_gone IS NOT NULL THEN
                        -- A constraint of this table, and nothing else.
                        IF jsonb_array_length(v_gone) = 1 AND v_gone #>> '{0,1}' LIKE 'constraint %'
                            AND (v_gone #>> '{0,0}' = 'pg_class:' || v_relation OR v_gone #>> '{0,0}' = v_identities[1])
                            AND strpos(v_words, 'cascade') = 0 THEN
                            v_lost := jsonb_build_object(v_gone #>> '{0,1}', v_gone #> '{0,4}');
                        ELSE
                            v_relation := NULL;
                        END IF;
                    END IF;
                    -- One subcommand, and which rows it writes is known. If they are others, or there is more to tell of them, these
                    -- queries find nothing, and all rows are looked at. A release of PostgreSQL 15 leaves pg_attver in
                    -- the options, which is not shown. Words count only where they cannot be those of a literal, or of a type
                    -- with such a name.
                    IF v_tag = 'ALTER TABLE' AND v_relation IS NOT NULL
                        AND v_words NOT LIKE ALL (ARRAY['%,%', '%"%', '%--%', '%/*%']::pg_catalog._text) THEN
                        IF v_words LIKE 'alter table % alter % set default %' AND split_part(v_words, ' set default ', 1)
                            NOT LIKE ALL (ARRAY['%''%', '%$%', '% add %']::pg_catalog._text) THEN
                            SELECT jsonb_build_object('column ' || a.attnum, jsonb_build_array(1, a.attname,
                                    format_type(a.atttypid, a.atttypmod), a.attnotnull, (
                                        SELECT pg_get_expr(d.adbin, 0) FROM pg_attrdef AS d
                                        WHERE d.adrelid = v_relation AND d.adnum = a.attnum),
                                    '', '', NULL, a.attstorage, a.attcompression,
                                    CASE WHEN a.attoptions IS NOT NULL THEN '[]'::pg_catalog.jsonb END, NULL, a.attislocal, a.attinhcount,
                                    nullif(a.attstattarget, -1), NULL)),
                                a.cmin::pg_catalog.text::pg_catalog.int8, c.reltuples, c.relpages, true, 'table', v_identities[1],
                                'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':pg_class:' || v_relation
                            INTO v_definition, v_last, v_rows, v_pages, v_is_simple, v_object_type, v_object_identity, v_object_bk
                            FROM pg_class AS c
                            JOIN pg_attribute AS a ON a.attrelid = v_relation AND a.attname
                                = split_part(split_part(replace(v_words, ' column ', ' '), ' alter ', 2), ' ', 1)::pg_catalog.name
                            WHERE c.oid = v_relation AND NOT c.relhassubclass AND age(a.xmin) <= 0
                                AND a.cmin::pg_catalog.text::pg_catalog.int8 > coalesce(v_after, -1)
                                AND a.attidentity = '' AND a.attgenerated = '' AND a.attcollation IN (0, 100)
                                AND a.attacl IS NULL AND (a.attoptions IS NULL
                                    OR (a.attoptions[2] IS NULL AND starts_with(a.attoptions[1], 'pg_attver=')));
                        ELSIF v_words LIKE ANY (ARRAY['alter table % row level security%', 'alter table % add constraint % check (%',
                                'alter table % add check (%', 'alter table % drop constraint %']::pg_catalog._text)
                            AND translate(split_part(v_words, ' check (', 1), E'\n\t\r', '   ')
                                NOT LIKE ALL (ARRAY['%''%', '%$%', '% add % add %', '% add % drop %']::pg_catalog._text) THEN
                            -- A constraint that is not a CHECK writes no row of pg_class. It can be NOT NULL, of a column.
                            SELECT jsonb_build_object('relation', jsonb_build_array(1, c.relname, v_schemas[1],
                                    pg_get_userbyid(c.relowner), c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
                                    c.reloptions, c.relacl, c.relreplident, NULL, NULL, NULL, NULL, NULL, NULL)),
                                c.cmin::pg_catalog.text::pg_catalog.int8, c.relacl IS NOT NULL, c.reltuples, c.relpages, true, 'table',
                                v_identities[1],
                                'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':pg_class:' || v_relation
                            INTO v_definition, v_last, v_with_privileges, v_rows, v_pages, v_is_simple, v_object_type, v_object_identity,
                                v_object_bk
                            FROM pg_class AS c
                            WHERE c.oid = v_relation AND NOT c.relhassubclass AND age(c.xmin) <= 0
                                AND c.cmin::pg_catalog.text::pg_catalog.int8 > coalesce(v_after, -1)
                                AND c.relkind = 'r' AND NOT c.relispartition AND c.reltablespace = 0 AND c.relam = 2 AND c.reloftype = 0
                                AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = v_relation);
                        ELSIF v_words LIKE 'alter table % add column %'
                            AND split_part(v_words, ' add column ', 1) NOT LIKE ALL (ARRAY['%''%', '%$%']::pg_catalog._text)
                            AND v_words NOT LIKE ALL (ARRAY['%unique%', '%primary%', '%default%']::pg_catalog._text) THEN
                            -- A type of the database's own can have a default, for which all rows are rewritten.
                            SELECT jsonb_build_object('relation', jsonb_build_array(1, c.relname, v_schemas[1],
                                    pg_get_userbyid(c.relowner), c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
                                    c.reloptions, c.relacl, c.relreplident, NULL, NULL, NULL, NULL, NULL, NULL),
                                    'column ' || a.attnum, jsonb_build_array(1, a.attname, format_type(a.atttypid, a.atttypmod),
                                    a.attnotnull, NULL, '', '', NULL, a.attstorage, a.attcompression,
                                    CASE WHEN a.attoptions IS NOT NULL THEN '[]'::pg_catalog.jsonb END, NULL, a.attislocal, a.attinhcount,
                                    nullif(a.attstattarget, -1), NULL)),
                                greatest(a.cmin::pg_catalog.text::pg_catalog.int8, c.cmin::pg_catalog.text::pg_catalog.int8),
                                c.relacl IS NOT NULL, c.reltuples, c.relpages, true, 'table', v_identities[1],
                                'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':pg_class:' || v_relation
                            INTO v_definition, v_last, v_with_privileges, v_rows, v_pages, v_is_simple, v_object_type, v_object_identity,
                                v_object_bk
                            FROM pg_class AS c
                            JOIN pg_attribute AS a ON a.attrelid = v_relation AND a.attnum = c.relnatts
                            WHERE c.oid = v_relation AND NOT c.relhassubclass AND age(c.xmin) <= 0 AND age(a.xmin) <= 0
                                AND a.cmin::pg_catalog.text::pg_catalog.int8 > coalesce(v_after, -1) AND a.atttypid < 16384
                                AND NOT a.atthasdef AND a.attidentity = '' AND a.attcollation IN (0, 100)
                                AND (a.attoptions IS NULL
                                    OR (a.attoptions[2] IS NULL AND starts_with(a.attoptions[1], 'pg_attver=')))
                                AND c.relkind = 'r' AND NOT c.relispartition AND c.reltablespace = 0 AND c.relam = 2 AND c.reloftype = 0
                                AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = v_relation);
                        END IF;
                    END IF;
                    IF v_is_simple IS NULL AND v_words NOT LIKE ALL (ARRAY['%''%', '%$%', '%rename%', '%schema%', '%inherit%',
                        '%partition%', '%owner%', '%type%', '%index%', '%primary%', '%unique%', '%exclude%', '%cluster%', '%replica%',
                        '%like%', '%trigger%', '%rule%', '%set%logged%']::pg_catalog._text) THEN
                        IF v_oids[1] IS NULL THEN
                            -- GRANT comes without oids. Not regclass, which needs privileges on the schema.
                            IF cardinality(v_types) = 1 AND strpos(v_identities[1], '"') = 0 AND strpos(v_identities[1], 'pg_temp') = 0 THEN
                                v_relation := (SELECT c.oid FROM pg_class AS c
                                    WHERE c.relname = split_part(v_identities[1], '.', 2)::pg_catalog.name
                                        AND c.relnamespace = v_schemas[1]::pg_catalog.regnamespace);
                            END IF;
                        END IF;
                        -- null stands for a column with more than this query renders.
                        SELECT p.parts, p.last, CASE WHEN age(c.xmin) <= 0 THEN c.cmin::pg_catalog.text::pg_catalog.int8 END,
                            c.reltuples, CASE WHEN v_oids[1] IS NOT NULL THEN c.relpages END, true, 'table', v_identities[1],
                            'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':pg_class:' || v_relation
                        INTO v_definition, v_last, v_last_part, v_rows, v_pages, v_is_simple, v_object_type, v_object_identity,
                            v_object_bk
                        FROM pg_class AS c
                        CROSS JOIN (
                            SELECT jsonb_object_agg('column ' || a.attnum, CASE WHEN a.attidentity = '' AND a.attgenerated = ''
                                    AND NOT a.attisdropped AND a.attcollation IN (0, 100)
                                    AND (a.attoptions IS NULL
                                        OR (a.attoptions[2] IS NULL AND starts_with(a.attoptions[1], 'pg_attver=')))
                                    AND a.attacl IS NULL THEN jsonb_build_array(1, a.attname,
                                    format_type(a.atttypid, a.atttypmod), a.attnotnull, CASE WHEN a.atthasdef THEN (
                                        SELECT pg_get_expr(d.adbin, 0) FROM pg_attrdef AS d
                                        WHERE d.adrelid = v_relation AND d.adnum = a.attnum) END,
                                    '', '', NULL, a.attstorage, a.attcompression,
                                    CASE WHEN a.attoptions IS NOT NULL THEN '[]'::pg_catalog.jsonb END, NULL, a.attislocal, a.attinhcount,
                                    nullif(a.attstattarget, -1), NULL) END) AS parts,
                                max(a.cmin::pg_catalog.text::pg_catalog.int8) AS last
                            FROM pg_attribute AS a
                            WHERE a.attrelid = v_relation AND a.attnum > 0 AND age(a.xmin) <= 0
                                AND a.cmin::pg_catalog.text::pg_catalog.int8 > coalesce(v_after, -1)) AS p
                        WHERE c.oid = v_relation AND NOT c.relhassubclass;
                        IF v_last_part > coalesce(v_after, -1) THEN
                            SELECT jsonb_build_object('relation', jsonb_build_array(1, c.relname, v_schemas[1],
                                    pg_get_userbyid(c.relowner), c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
                                    c.reloptions, c.relacl, c.relreplident, NULL, NULL, NULL, NULL, NULL, NULL)), c.relacl IS NOT NULL
                            INTO v_parts, v_with_privileges
                            FROM pg_class AS c
                            WHERE c.oid = v_relation AND c.relkind = 'r' AND NOT c.relispartition AND c.reltablespace = 0
                                AND c.relam = 2 AND c.reloftype = 0
                                AND NOT EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = v_relation);
                            v_is_simple := v_parts IS NOT NULL;
                            v_definition := coalesce(v_definition || v_parts, v_parts);
                            v_last := greatest(v_last, v_last_part);
                        END IF;
                    END IF;
                    IF v_with_privileges THEN
                        SELECT array_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END)
                        INTO v_grantees
                        FROM (
                            SELECT x.grantee FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS x
                            WHERE c.oid = v_relation
                            UNION ALL
                            SELECT x.grantee FROM pg_attribute AS a CROSS JOIN LATERAL aclexplode(a.attacl) AS x
                            WHERE a.attrelid = v_relation AND a.attacl IS NOT NULL
                        ) AS g;
                    END IF;
                    IF v_is_simple AND v_words LIKE ANY (ARRAY['%null%', '%constraint%', '%check%', '%references%']::pg_catalog._text) THEN
                        IF v_lost IS NOT NULL THEN
                            v_definition := coalesce(v_definition || v_lost, v_lost);
                        END IF;
                        IF v_lost IS NULL OR strpos(v_words, ',') > 0 THEN
                            SELECT jsonb_object_agg('constraint ' || o.oid, jsonb_build_array(1, o.conname, pg_get_constraintdef(o.oid),
                                    o.convalidated, o.contype, o.conislocal, o.coninhcount)),
                                max(o.cmin::pg_catalog.text::pg_catalog.int8)
                            INTO v_parts, v_last_part
                            FROM pg_constraint AS o
                            WHERE o.conrelid = v_relation AND o.contype <> 't' AND age(o.xmin) <= 0
                                AND o.cmin::pg_catalog.text::pg_catalog.int8 > coalesce(v_after, -1);
                            IF v_parts IS NOT NULL THEN
                                v_definition := coalesce(v_definition || v_parts, v_parts);
                                v_last := greatest(v_last, v_last_part);
                            END IF;
                        END IF;
                    END IF;
                ELSIF v_tag = 'COMMENT' THEN
                    -- A statement without a secret has no comment with one. The name of the schema could tell: the statement has it too.
                    IF v_types[1] IN ('table', 'table column') AND v_is_suspect IS NOT TRUE AND v_has_secret IS NOT TRUE
                        AND v_redaction <> 'all' AND v_words IS NOT NULL
                        AND strpos(v_identities[1], '"') = 0 AND (v_schemas[1] = 'public' OR strpos(v_words, v_identities[1]) > 0) THEN
                        v_relation := v_oids[1];
                        IF v_types = '{table}' THEN
                            v_object_identity := v_identities[1];
                            v_text := (SELECT b.description FROM pg_description AS b
                                WHERE b.objoid = v_relation AND b.classoid = 1259 AND b.objsubid = 0);
                            v_definition := jsonb_build_object('comment relation', CASE WHEN v_text IS NULL THEN 'null'::pg_catalog.jsonb
                                ELSE jsonb_build_array(1, split_part(v_object_identity, '.', 2), v_text) END);
                        ELSE
                            SELECT left(v_identities[1], -1 - length(a.attname)), jsonb_build_object('comment column ' || a.attnum,
                                CASE WHEN b.description IS NULL THEN 'null'::pg_catalog.jsonb
                                    ELSE jsonb_build_array(1, a.attname, b.description) END)
                            INTO v_object_identity, v_definition
                            FROM pg_event_trigger_ddl_commands() AS d
                            JOIN pg_attribute AS a ON a.attrelid = v_relation AND a.attnum = d.objsubid
                            LEFT JOIN pg_description AS b ON b.objoid = d.objid AND b.classoid = 1259 AND b.objsubid = d.objsubid
                            WHERE d.objid = v_relation;
                        END IF;
                        v_object_type := 'table';
                        v_object_bk := 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':pg_class:' || v_relation;
                        v_is_simple := true;
                    END IF;
                ELSIF v_tag = 'CREATE INDEX' THEN
                    IF v_words NOT LIKE ALL (ARRAY['%''%', '%$%', '%concurrently%', '%tablespace%']::pg_catalog._text) THEN
                        SELECT i.indrelid, t.relnamespace::pg_catalog.regnamespace::pg_catalog.text || '.' || quote_ident(t.relname),
                            jsonb_build_object('index ' || i.indexrelid, jsonb_build_array(1, x.relname, pg_get_indexdef(i.indexrelid),
                                i.indisvalid, i.indisprimary, i.indisunique, i.indisreplident, i.indisclustered, NULL)),
                            greatest(x.cmin::pg_catalog.text::pg_catalog.int8, i.cmin::pg_catalog.text::pg_catalog.int8),
                            t.reltuples, t.relpages, true, 'table',
                            'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':pg_class:' || i.indrelid
                        INTO v_relation, v_object_identity, v_definition, v_last, v_rows, v_pages, v_is_simple, v_object_type, v_object_bk
                        FROM pg_index AS i
                        JOIN pg_class AS x ON x.oid = i.indexrelid AND x.reltablespace = 0
                        JOIN pg_class AS t ON t.oid = i.indrelid AND t.relkind = 'r' AND NOT t.relhassubclass
                        WHERE i.indexrelid = v_oids[1];
                    END IF;
                END IF;
            ELSIF jsonb_array_length(v_gone) = 1 AND v_oids IS NULL THEN
                -- One object was dropped, and nothing of another one.
                IF v_gone #>> '{0,1}' LIKE 'index %' THEN
                    SELECT c.oid, c.relnamespace::pg_catalog.regnamespace::pg_catalog.text || '.' || quote_ident(c.relname), 'table',
                        c.reltuples, c.relpages, true
                    INTO v_relation, v_object_identity, v_object_type, v_rows, v_pages, v_is_simple
                    FROM pg_class AS c
                    WHERE c.oid = split_part(v_gone #>> '{0,0}', ':', 2)::pg_catalog.oid AND c.relkind = 'r' AND NOT c.relhassubclass
                        AND c.relpersistence <> 't';
                    v_object_bk := 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':' || (v_gone #>> '{0,0}');
                    v_lost := jsonb_build_object(v_gone #>> '{0,1}', v_gone #> '{0,4}');
                    v_definition := v_lost;
                ELSIF v_gone #>> '{0,2}' <> '' THEN
                    v_object_type := v_gone #>> '{0,2}';
                    v_object_identity := v_gone #>> '{0,3}';
                    v_object_bk := 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':' || (v_gone #>> '{0,0}');
                    v_definition := '{"object": null}';
                    v_is_simple := true;
                END IF;
            END IF;
            IF v_is_simple AND v_definition IS NOT NULL THEN
                v_text := jsonb_build_array(v_object_bk, v_object_type, v_object_identity, 'captured', v_grantees, v_definition);
                IF v_tag <> 'COMMENT' AND v_relation IS NOT NULL
                    AND v_text LIKE ANY (ARRAY['%''%', '%$%', $l$%\\%$l$, '%": null%']::pg_catalog._text) THEN
                    v_is_simple := false;
                ELSE
                    v_version_hash := sha256(convert_to(v_text, v_encoding));
                    v_digest := encode(sha256(v_version_hash), 'hex');
                END IF;
            END IF;
            IF v_is_simple IS NOT TRUE THEN
                v_pages := NULL;
                v_grantees := NULL;
                v_after := coalesce(v_after, -1);
                -- Literals beside a secret are not kept either, as in the statement.
                v_described_as := v_redaction;
                IF v_has_secret OR v_is_suspect THEN
                    IF v_redaction = 'secrets' AND (v_has_secret IS TRUE OR script_tracking.string_carries_secret(v_statement)) THEN
                        v_described_as := 'all';
                    END IF;
                END IF;
                -- PostgreSQL reports a view that is replaced twice.
                IF v_gone IS NULL AND (cardinality(v_oids) = 1
                    OR (cardinality(v_types) = 1 AND v_oids[1] = ALL (v_oids) AND v_catalogs[1] = ALL (v_catalogs))) THEN
                    IF v_catalogs[1] = 1259 AND v_tag IN ('ALTER TABLE', 'CREATE TABLE', 'CREATE VIEW') AND v_words NOT LIKE ALL (ARRAY[
                        '%rename%', '%schema%', '%inherit%', '%partition%', '%owner%', '% type %', '%set%logged%']::pg_catalog._text) THEN
                        v_part := script_tracking.relation_parts(v_oids[1], false, v_after, v_words, NULL, NULL, NULL, 'captured',
                            v_described_as);
                        v_is_simple := v_part.o_identity IS NOT NULL AND NOT v_part.o_has_children;
                        IF v_is_simple THEN
                            v_object_bk := v_part.o_object_bk;
                            v_object_type := v_part.o_type;
                            v_object_identity := v_part.o_identity;
                            v_grantees := v_part.o_grantees;
                            v_definition := v_part.o_definition;
                            v_version_hash := v_part.o_hash;
                            v_digest := encode(sha256(v_version_hash), 'hex');
                            v_last := v_part.o_last;
                            v_relation := v_oids[1];
                            v_rows := v_part.o_size -> 0;
                            v_pages := v_part.o_size -> 1;
                        END IF;
                    ELSIF v_catalogs[1] = 1255 AND v_tag <> 'COMMENT'
                        AND v_words NOT LIKE ALL (ARRAY['%rename%', '%schema%']::pg_catalog._text) THEN
                        -- A body in standard SQL is rendered with locks on what it mentions.
                        IF (SELECT p.prosqlbody IS NULL FROM pg_proc AS p WHERE p.oid = v_oids[1]) THEN
                            v_parts := script_tracking.object_definition(1255, v_oids[1], 'captured', v_described_as);
                            IF v_parts IS NOT NULL THEN
                                v_objects := jsonb_build_array(v_parts);
                                v_digest := encode(sha256(decode(v_parts ->> 6, 'hex')), 'hex');
                            END IF;
                        END IF;
                    END IF;
                END IF;
                IF v_is_simple IS NOT TRUE AND v_objects IS NULL THEN
                    v_own := script_tracking.captured_history(v_tag, v_catalogs, v_oids, v_types, v_identities, v_gone, v_words, v_after,
                        v_most_described, v_described_as);
                    v_last := v_own.o_last;
                    v_objects := v_own.o_rows;
                    v_digest := v_own.o_digest;
                    v_rare := coalesce(v_rare, '{}')
                        || jsonb_build_object('objects_pending', v_own.o_pending, 'relation_size', v_own.o_sizes);
                END IF;
            END IF;
            -- Read with a lock on the table, which a GRANT does not have.
            IF v_pages > 0 THEN
                v_rare := coalesce(v_rare, '{}') || jsonb_build_object('relation_size', jsonb_build_object(v_object_identity,
                    jsonb_build_array(v_rows, v_pages, pg_relation_size(v_relation))));
            END IF;
            -- An outer command still has to see what it wrote before this one.
            v_setting := CASE WHEN v_last IS NOT NULL AND v_nesting_level = 0
                THEN set_config('dbtrack.ddl_cid', greatest(v_last, v_after)::pg_catalog.text, true) END;
        END IF;
        IF v_tag IN ('ALTER TABLE', 'ALTER TYPE', 'ALTER MATERIALIZED VIEW') THEN
            v_setting := 'dbtrack.ddl_rewritten' || v_nesting_level;
            IF current_setting(v_setting, true) <> '' THEN
                v_rare := coalesce(v_rare, '{}') || script_tracking.captured_rewrites(v_setting, v_rare -> 'relation_size');
            END IF;
        END IF;
        -- 14. The statement as it is stored.
        IF v_is_part OR v_is_suspect OR v_statement IS NULL THEN
            IF v_is_part AND (v_line_end > 0 OR v_statement IS NULL) THEN
                v_own := script_tracking.client_excerpt(
                    v_has_secret IS TRUE OR (v_is_suspect IS TRUE AND script_tracking.string_carries_secret(v_statement)),
                    v_redaction, v_statement_characters);
                v_has_secret := v_has_secret IS TRUE OR v_own.o_has_secret;
                IF v_statement IS NOT NULL THEN
                    v_rare := v_rare || jsonb_build_object('client_statement', v_own.o_excerpt);
                END IF;
            END IF;
            IF v_statement IS NULL THEN
                v_statement := v_own.o_excerpt;
            ELSIF v_is_suspect OR v_has_secret THEN
                v_statement := script_tracking.bounded_statement(v_statement, v_has_secret, v_redaction, v_statement_characters);
            END IF;
            IF v_is_whole AND length(v_statement) > 1000 AND right(v_statement, 12) <> ' characters]' THEN
                -- Only the beginning of a string whose statements cannot be distinguished: each of its DDL stores it.
                v_statement := left(v_statement, 1000) || format('... [cut: %s characters]', length(v_statement));
            END IF;
        END IF;
        -- 15. The metadata.
        v_setting := current_setting('application_name');
        IF length(v_setting) >= 8 THEN
            v_lower := lower(v_setting COLLATE pg_catalog."C");
            IF
                -- <secrets:name_look v_lower>
                (
                    v_lower LIKE ANY (ARRAY[
                        '%:%', '%=%', '%%3%', '%<%', $l$%'%$l$, '%"%', '%$%', '%bearer%', '%identified%',
                        '%private key%', '%scram%', '%md5%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                        '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                        '%gocspx%', '%pypi-%', '%v1_%', '%secret-key%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%',
                        '%hf_%', '%sg.%', '%hv_.%', '%sk________________________________%']::pg_catalog._text)
                    OR (v_lower LIKE ANY (ARRAY['-%', '%--%'])
                        OR replace(v_lower, ' - ', ' ') LIKE '% -%')
                        AND v_lower LIKE ANY (ARRAY[
                            '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
                            '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%', '%mysql%', '%mariadb%',
                            '%mycli%', '%7z%', '%login%', '%mongo%', '%cqlsh%', '%redis-cli%', '%ldap%', '%sqlcmd%',
                            '%bcp%', '%isql%', '%zip%', '%curl%']::pg_catalog._text)
                )
                -- </secrets>
                THEN
                v_setting := script_tracking.redact_message(v_setting);
            END IF;
        END IF;
        -- As session_metadata: current_user is the owner of this function, the acting role is the setting.
        v_metadata := jsonb_strip_nulls(jsonb_build_object(
            'role', nullif(current_setting('role'), 'none'),
            'application_name', nullif(v_setting, ''),
            'backend_pid', pg_backend_pid(),
            'transaction_id', pg_current_xact_id()::pg_catalog.text,
            'command_tag', v_tag,
            'duration_us', v_duration_us,
            'object_count', v_count,
            'object_types', v_types,
            'object_digest', v_digest));
        IF v_rare IS NOT NULL THEN
            v_metadata := v_metadata || jsonb_strip_nulls(v_rare || coalesce(v_privileges - 'objects', '{}'));
        END IF;
        v_record_source := concat('event_trigger@', coalesce(nullif(current_setting('cluster_name'), ''), 'local'), ':',
            current_setting('port'), '/', current_catalog);
        -- Equal up to here.
        -- 16. The rows, written in the block.
        IF (v_number > 32) IS NOT TRUE THEN
            -- Only for the few commands that run inside another one, or that committed before their end. A command that
            -- the client itself sent runs inside none, whatever the session wrote.
            IF v_nesting_level > 0 OR concat(current_setting('dbtrack.ddl_running', true),
                current_setting('dbtrack.execution', true), current_setting('dbtrack.ddl_children', true)) <> '' THEN
                IF v_is_simple AND v_digest IS NOT NULL THEN
                    v_objects := jsonb_build_array(jsonb_build_array(v_object_bk, v_object_type, v_object_identity, 'captured',
                        to_jsonb(v_grantees), v_definition, encode(v_version_hash, 'hex')));
                END IF;
                v_setting := script_tracking.capture_write(v_tag, v_started_at, v_duration_us,
                    CASE WHEN v_line_end > 0 THEN v_nesting_level ELSE 0 END, v_tenant_hk, v_identities, v_statement,
                    v_metadata, v_objects);
                RETURN;
            END IF;
            -- As in insert_execution; a test compares the two.
            v_now := clock_timestamp();
            v_business_key := concat(v_tag, to_char(v_now AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_'),
                right(gen_random_uuid()::pg_catalog.text, 6));
            v_execution_hk := sha256(convert_to(v_business_key, v_encoding));
            v_duration_ms := (v_duration_us + 500) / 1000;
            v_hash_diff := sha256(convert_to(jsonb_build_array(
                encode(v_tenant_hk, 'hex'), v_tag, 'DDL_AUTO', 'COMPLETED',
                (extract(epoch FROM v_started_at) * 1000000)::pg_catalog.int8, v_duration_ms,
                session_user, host(inet_client_addr()), v_identities, v_statement, NULL, v_metadata,
                v_record_source)::pg_catalog.text, v_encoding));
            INSERT INTO script_tracking.script_execution_h
                (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
            VALUES (v_execution_hk, v_business_key, v_tenant_hk, v_now, v_record_source);
            INSERT INTO script_tracking.script_execution_s
                (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
                 execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
                 metadata, record_source)
            VALUES (v_execution_hk, v_now, v_hash_diff, v_tenant_hk, v_tag, 'DDL_AUTO', 'COMPLETED', v_started_at,
                v_duration_ms, session_user, inet_client_addr(), v_identities, v_statement, v_metadata, v_record_source);
            IF v_is_simple AND v_digest IS NOT NULL THEN
                INSERT INTO script_tracking.object_s
                    (object_hk, load_date, hash_diff, script_execution_hk, tenant_hk, object_type, object_identity, cause, grantees,
                     definition, object_bk, record_source)
                VALUES (sha256(convert_to(v_object_bk, 'SQL_ASCII')), v_now, v_version_hash, v_execution_hk, v_tenant_hk,
                    v_object_type, v_object_identity, 'captured', v_grantees, v_definition, v_object_bk, v_record_source);
            ELSIF v_objects IS NOT NULL THEN
                INSERT INTO script_tracking.object_s
                    (object_hk, load_date, hash_diff, script_execution_hk, tenant_hk, object_type, object_identity, cause, grantees,
                     definition, object_bk, record_source)
                SELECT sha256(convert_to(o.value ->> 0, 'SQL_ASCII')), v_now, decode(o.value ->> 6, 'hex'), v_execution_hk,
                    v_tenant_hk, o.value ->> 1, o.value ->> 2, o.value ->> 3,
                    CASE WHEN o.value -> 4 <> 'null' THEN ARRAY(SELECT jsonb_array_elements_text(o.value -> 4)) END,
                    o.value -> 5, o.value ->> 0, v_record_source
                FROM jsonb_array_elements(v_objects) AS o;
            END IF;
            RETURN;
        END IF;
        -- 17. Which kinds are proven.
        IF v_number > v_guarded_commands THEN
            v_setting := set_config('dbtrack.ddl_proven', CASE WHEN v_kind IS NULL THEN '|'
                ELSE current_setting('dbtrack.ddl_proven') || v_kind END, true);
        END IF;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            v_setting := script_tracking.capture_partly(v_tag, v_context, v_ended_at, SQLSTATE, SQLERRM);
            RETURN;
    END;
    -- 18. The rows, written after the block.
    IF v_is_simple AND v_digest IS NOT NULL THEN
        v_objects := jsonb_build_array(jsonb_build_array(v_object_bk, v_object_type, v_object_identity, 'captured',
            to_jsonb(v_grantees), v_definition, encode(v_version_hash, 'hex')));
    END IF;
    v_setting := script_tracking.capture_write(v_tag, v_started_at, v_duration_us,
        CASE WHEN v_line_end > 0 THEN v_nesting_level ELSE 0 END, v_tenant_hk, v_identities, v_statement, v_metadata,
        v_objects);
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_end() IS
    'Records a DDL command that succeeded: one execution with all its objects';
