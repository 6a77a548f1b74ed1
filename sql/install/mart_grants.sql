-- Lists the views and functions of the mart, one row of script_tracking.installation each, and sets their privileges:
-- everybody who may read the record may read them. Row security of the tables decides what each of them shows.
DO $mart_grants$
DECLARE
    v_role text;
    v_object record;
BEGIN
    IF current_setting('dbtrack.mart') <> 'on' THEN
        RETURN;
    END IF;
    COMMENT ON SCHEMA dbtrack_mart IS 'The record of dbtrack for analysts: views whose columns only ever become more';
    REVOKE ALL ON SCHEMA dbtrack_mart FROM PUBLIC;
    DELETE FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'mart.');
    INSERT INTO script_tracking.installation (property_name, property_value) VALUES ('mart.schema', 'dbtrack_mart');
    DELETE FROM script_tracking.installed_routine AS i WHERE starts_with(i.routine_identity, 'dbtrack_mart.');
    FOR v_object IN
        SELECT 'view' AS kind, c.relname::text AS name, 'TABLE ' || c.oid::regclass::text AS named, 'SELECT' AS privilege, c.oid
        FROM pg_class AS c
        WHERE c.relnamespace = 'dbtrack_mart'::regnamespace AND c.relowner = current_user::regrole AND c.relkind = 'v'
            AND c.relname::text = ANY (string_to_array(current_setting('dbtrack.mart_views'), ','))
        UNION ALL
        SELECT 'function', p.proname::text, 'FUNCTION ' || p.oid::regprocedure::text, 'EXECUTE', p.oid
        FROM pg_proc AS p
        WHERE p.pronamespace = 'dbtrack_mart'::regnamespace AND p.proowner = current_user::regrole
            AND p.proname::text = ANY (string_to_array(current_setting('dbtrack.mart_views'), ','))
    LOOP
        INSERT INTO script_tracking.installation (property_name, property_value)
        VALUES ('mart.' || v_object.name, v_object.kind);
        IF v_object.kind = 'function' THEN
            INSERT INTO script_tracking.installed_routine (routine_identity, definition_hash)
            VALUES (v_object.oid::regprocedure::text, script_tracking.routine_hash(v_object.oid));
        END IF;
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', v_object.named);
        FOR v_role IN
            SELECT i.property_value FROM script_tracking.installation AS i
            WHERE i.property_name IN ('role.reader', 'role.operator', 'role.admin', 'role.auditor')
                AND to_regrole(quote_ident(i.property_value)) IS NOT NULL
        LOOP
            EXECUTE format('GRANT USAGE ON SCHEMA dbtrack_mart TO %I', v_role);
            EXECUTE format('GRANT %s ON %s TO %I', v_object.privilege, v_object.named, v_role);
        END LOOP;
    END LOOP;
END
$mart_grants$;
