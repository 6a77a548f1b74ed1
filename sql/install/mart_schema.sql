-- Creates the schema of the mart, if it is missing. A schema of that name that somebody else made stays as it is, and so
-- does a relation in it that is not dbtrack's: the rest is then installed without the views. dbtrack.mart tells the
-- steps that follow whether to create them.
DO $mart_schema$
DECLARE
    v_owner name := (SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner');
    v_schema oid := to_regnamespace('dbtrack_mart');
    v_foreign text;
BEGIN
    PERFORM set_config('dbtrack.mart', 'off', true);
    IF v_schema IS NULL THEN
        IF NOT has_database_privilege(current_database(), 'CREATE') THEN
            RAISE WARNING '% may not create the schema dbtrack_mart: the views for analysts are missing', current_user
                USING HINT = format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user);
            RETURN;
        END IF;
        EXECUTE format('CREATE SCHEMA dbtrack_mart AUTHORIZATION %I', v_owner);
    -- A schema of the owner's with nothing but the mart in it is what is left after script_tracking was dropped by hand.
    ELSIF NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.oid = v_schema AND n.nspowner = to_regrole(quote_ident(v_owner))
        AND (EXISTS (SELECT FROM script_tracking.installation AS i WHERE i.property_name = 'mart.schema')
            OR NOT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = n.oid
                AND c.relname::text <> ALL (string_to_array(current_setting('dbtrack.mart_views'), ','))))) THEN
        RAISE WARNING 'the schema dbtrack_mart was not made by dbtrack: the views for analysts are missing'
            USING HINT = 'it stays as it is; to have the views, rename it and install again';
        RETURN;
    END IF;
    SELECT string_agg(c.relname, ', ' ORDER BY c.relname) INTO v_foreign
    FROM pg_class AS c
    WHERE c.relnamespace = v_schema AND c.relname::text = ANY (string_to_array(current_setting('dbtrack.mart_views'), ','))
        AND (c.relkind <> 'v' OR c.relowner <> to_regrole(quote_ident(v_owner)));
    IF v_foreign IS NOT NULL THEN
        RAISE WARNING 'the schema dbtrack_mart has relations that dbtrack did not make: %', v_foreign
            USING HINT = 'the views for analysts stay as they are; rename these, and install again';
        RETURN;
    END IF;
    PERFORM set_config('dbtrack.mart', 'on', true);
END
$mart_schema$;
