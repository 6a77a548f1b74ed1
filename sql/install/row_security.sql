-- Row security on every table of dbtrack's with tenant_hk. The owner's functions see all rows and check for themselves;
-- administrators see all rows; readers see the tenants of their login. Rows without a tenant belong to the platform.
-- It is forced on partitioned tables, and not on others: the owner's policy lets the owner see all rows in any case,
-- and logical replication, which writes as the owner, stops at a table with forced row security.
-- It runs on every install, and adds only what is missing: ALTER TABLE on a table in use would make DDL wait.
DO $row_security$
DECLARE
    v_ours oid[] := ARRAY(
        SELECT to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))::oid
        FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.'));
    -- What dbtrack verify reads, beside the record: of auditors, those of everything read it.
    c_verified constant text[] := '{seal_block,seal_leaf,seal_state,late_arrival,digest_departure}';
    v_table record;
    v_policy record;
BEGIN
    FOR v_table IN
        SELECT c.oid::regclass::text AS name, c.oid, c.relkind = 'p' AS is_forced,
            c.relrowsecurity AND c.relforcerowsecurity = (c.relkind = 'p') AS is_set
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_hk' AND NOT a.attisdropped
        WHERE c.oid = ANY (v_ours) AND c.relkind IN ('r', 'p')
    LOOP
        IF NOT v_table.is_set THEN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, %s ROW LEVEL SECURITY', v_table.name,
                CASE WHEN v_table.is_forced THEN 'FORCE' ELSE 'NO FORCE' END);
        END IF;
        FOR v_policy IN
            SELECT p.name, p.command, p.expression, i.property_value AS role_name
            FROM (VALUES
                ('owner_policy', 'role.owner', 'ALL', 'true'),
                ('reader_policy', 'role.reader', 'SELECT',
                 'tenant_hk = ANY ((SELECT script_tracking.caller_tenants())::pg_catalog.bytea[])'),
                ('operator_policy', 'role.operator', 'SELECT',
                 'tenant_hk = ANY ((SELECT script_tracking.caller_tenants())::pg_catalog.bytea[])'),
                -- The login of `dbtrack serve`, in a transaction that proved an API token for everything.
                ('token_policy', 'role.api', 'SELECT', '(SELECT script_tracking.token_sees_all())'),
                ('auditor_policy', 'role.auditor', 'SELECT', '(SELECT script_tracking.auditor_sees_all()) '
                 'OR tenant_hk = ANY ((SELECT script_tracking.caller_tenants())::pg_catalog.bytea[])'),
                ('admin_policy', 'role.admin', 'SELECT', 'true')) AS p (name, property_name, command, expression)
            JOIN script_tracking.installation AS i ON i.property_name = p.property_name
            WHERE to_regrole(quote_ident(i.property_value)) IS NOT NULL AND NOT EXISTS (
                SELECT FROM pg_policy AS y WHERE y.polrelid = v_table.oid AND y.polname = p.name)
        LOOP
            EXECUTE format('CREATE POLICY %I ON %s FOR %s TO %I USING (%s)', v_policy.name, v_table.name,
                v_policy.command, v_policy.role_name, v_policy.expression);
        END LOOP;
    END LOOP;
    -- Tables without tenants that must not be open to pg_read_all_data: secrets belong to the owner only; what concerns
    -- all tenants belongs to the administrators; of the access log each login sees its own rows. Not those that were
    -- refused: they would show whose records exist.
    FOR v_table IN
        SELECT c.oid::regclass::text AS name, c.oid, c.relkind = 'p' AS is_forced,
            c.relname = ANY (c_verified) AS is_verified,
            c.relrowsecurity AND c.relforcerowsecurity = (c.relkind = 'p') AS is_set
        FROM pg_class AS c
        WHERE c.oid = ANY (v_ours)
            AND (c.relname = ANY (c_verified) OR c.relname IN ('capture_secret', 'tenant_key', 'access_log', 'rollup_total',
                'open_execution', 'capture_failure', 'event_endpoint', 'webhook_delivery', 'webhook_dead_letter',
                'api_token', 'api_start', 'logged_wait', 'left_out_literal', 'auditor', 'vault_source', 'vault_block',
                'vault_finding'))
    LOOP
        IF NOT v_table.is_set THEN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, %s ROW LEVEL SECURITY', v_table.name,
                CASE WHEN v_table.is_forced THEN 'FORCE' ELSE 'NO FORCE' END);
        END IF;
        FOR v_policy IN
            SELECT p.name, p.command, p.expression, i.property_value AS role_name
            FROM (VALUES
                ('owner_policy', 'role.owner', 'ALL', 'true'),
                ('reader_policy', 'role.reader', 'SELECT', 'db_session_user = session_user AND is_granted'),
                ('operator_policy', 'role.operator', 'SELECT', 'db_session_user = session_user AND is_granted'),
                ('auditor_policy', 'role.auditor', 'SELECT', CASE WHEN v_table.is_verified
                        THEN '(SELECT script_tracking.auditor_verifies())' ELSE '(SELECT script_tracking.auditor_sees_all())' END
                    || CASE WHEN v_table.name LIKE '%.access_log' THEN ' OR db_session_user = session_user AND is_granted' ELSE '' END),
                ('token_policy', 'role.api', 'SELECT', CASE WHEN v_table.name LIKE '%.access_log'
                    THEN $$(SELECT script_tracking.token_sees_all('{admin}'))$$ ELSE '(SELECT script_tracking.token_sees_all())' END),
                ('admin_policy', 'role.admin', 'SELECT', 'true')) AS p (name, property_name, command, expression)
            JOIN script_tracking.installation AS i ON i.property_name = p.property_name
            WHERE (p.name = 'owner_policy' OR v_table.name LIKE '%.access_log'
                    OR (p.name = 'token_policy' AND v_table.name LIKE '%.rollup_total')
                    OR (p.name = 'auditor_policy' AND (v_table.name LIKE '%.rollup_total' OR v_table.name LIKE '%.capture_failure'
                        OR v_table.is_verified))
                    OR (p.name = 'admin_policy' AND v_table.name NOT IN ('script_tracking.capture_secret',
                        'script_tracking.tenant_key', 'script_tracking.api_token', 'script_tracking.api_start',
                        'script_tracking.left_out_literal', 'script_tracking.vault_source')))
                AND to_regrole(quote_ident(i.property_value)) IS NOT NULL AND NOT EXISTS (
                    SELECT FROM pg_policy AS y WHERE y.polrelid = v_table.oid AND y.polname = p.name)
        LOOP
            EXECUTE format('CREATE POLICY %I ON %s FOR %s TO %I USING (%s)', v_policy.name, v_table.name,
                v_policy.command, v_policy.role_name, v_policy.expression);
        END LOOP;
    END LOOP;
    -- Many people use the login of `dbtrack serve`, so what it read itself is not its own, and no policy for readers shows it.
    FOR v_policy IN
        SELECT i.property_value AS role_name
        FROM script_tracking.installation AS i
        WHERE i.property_name = 'role.api' AND to_regrole(quote_ident(i.property_value)) IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_policy AS y
                WHERE y.polrelid = 'script_tracking.access_log'::regclass AND y.polname = 'proven_policy')
    LOOP
        EXECUTE format('CREATE POLICY proven_policy ON script_tracking.access_log AS RESTRICTIVE FOR SELECT TO %I '
            || $$USING ((SELECT script_tracking.token_sees_all('{admin}')))$$, v_policy.role_name);
    END LOOP;
    -- What auditors read is noted. The policy is evaluated once a query, before its first row, and only for their role.
    FOR v_table IN
        SELECT c.oid::regclass::text AS name, c.relname, i.property_value AS role_name
        FROM pg_class AS c
        JOIN script_tracking.installation AS i ON i.property_name = 'role.auditor'
        WHERE c.oid = ANY (v_ours) AND EXISTS (SELECT FROM pg_policy AS y
                WHERE y.polrelid = c.oid AND y.polname = 'auditor_policy')
            AND NOT EXISTS (SELECT FROM pg_policy AS y WHERE y.polrelid = c.oid AND y.polname = 'noted_policy')
    LOOP
        EXECUTE format('CREATE POLICY noted_policy ON %s AS RESTRICTIVE FOR SELECT TO %I USING ((SELECT '
            || 'script_tracking.note_auditor(%L)))', v_table.name, v_table.role_name, v_table.relname);
    END LOOP;
    -- A query that began before an auditor's time passed ends when the server next reads a row for it.
    FOR v_table IN
        SELECT c.oid::regclass::text AS name, i.property_value AS role_name
        FROM pg_class AS c
        JOIN script_tracking.installation AS i ON i.property_name = 'role.auditor'
        WHERE c.oid = ANY (v_ours) AND EXISTS (SELECT FROM pg_policy AS y
                WHERE y.polrelid = c.oid AND y.polname = 'noted_policy')
            AND NOT EXISTS (SELECT FROM pg_policy AS y WHERE y.polrelid = c.oid AND y.polname = 'timed_policy')
    LOOP
        EXECUTE format('CREATE POLICY timed_policy ON %s AS RESTRICTIVE FOR SELECT TO %I USING (CASE WHEN clock_timestamp() < '
            '(SELECT script_tracking.auditor_end()) THEN true ELSE script_tracking.refuse_late_auditor() END)',
            v_table.name, v_table.role_name);
    END LOOP;
    -- A table's policies apply to queries of the table. A partition that is read by itself shows nothing.
    FOR v_table IN
        SELECT c.oid::regclass::text AS name
        FROM pg_class AS c
        WHERE c.relispartition AND c.relkind = 'r' AND NOT c.relrowsecurity AND pg_partition_root(c.oid) = ANY (v_ours)
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table.name);
    END LOOP;
    -- Estimates come from all rows, whoever asks.
    PERFORM script_tracking.hide_statistics(c.oid::regclass)
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND c.relrowsecurity
        AND coalesce(pg_partition_root(c.oid), c.oid) = ANY (v_ours);
END
$row_security$;
