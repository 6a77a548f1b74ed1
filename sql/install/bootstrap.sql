-- Creates what must exist before the first migration: the roles, the schema, and the tables about the installation;
-- refuses a server that dbtrack does not support. The installer sets dbtrack.role_prefix and dbtrack.version for its
-- transaction.
DO $bootstrap$
DECLARE
    v_prefix text := current_setting('dbtrack.role_prefix');
    v_purpose text;
    v_role text;
    v_owner text := current_user;
    v_newest int;
BEGIN
    IF current_setting('server_version_num')::int NOT BETWEEN 150000 AND 189999 THEN
        RAISE EXCEPTION 'PostgreSQL % is not supported', current_setting('server_version')
            USING ERRCODE = 'DT006', HINT = 'dbtrack supports PostgreSQL 15 to 18';
    END IF;
    IF pg_is_in_recovery() THEN
        RAISE EXCEPTION 'this server is a standby' USING ERRCODE = 'DT006', HINT = 'install on the primary';
    END IF;
    IF to_regnamespace('script_tracking') IS NOT NULL AND to_regclass('script_tracking.schema_migration') IS NULL THEN
        RAISE EXCEPTION 'the schema script_tracking was not made by dbtrack'
            USING ERRCODE = 'DT008', HINT = 'nothing was changed; dbtrack install --adopt moves it aside and copies its executions';
    END IF;
    IF to_regclass('script_tracking.installation') IS NOT NULL THEN
        IF NOT EXISTS (SELECT FROM script_tracking.installation) THEN
            RAISE EXCEPTION 'the schema script_tracking is an empty copy, as a dump without data leaves it'
                USING ERRCODE = 'DT008', HINT = 'nothing was changed; run: dbtrack uninstall --yes, and install again';
        END IF;
        -- Its tables are not those for which these functions were written.
        SELECT max(m.migration_number) INTO v_newest FROM script_tracking.schema_migration AS m;
        IF v_newest > current_setting('dbtrack.newest_migration')::int THEN
            RAISE EXCEPTION 'this database has a newer dbtrack than this program: migration %, of which it knows %', v_newest,
                current_setting('dbtrack.newest_migration')
                USING ERRCODE = 'DT008', HINT = 'nothing was changed; upgrade the program: pip install --upgrade dbtrack';
        END IF;
        IF v_prefix <> 'dbtrack' AND NOT EXISTS (SELECT FROM script_tracking.installation AS i
            WHERE i.property_name = 'role.reader' AND i.property_value = v_prefix || '_reader') THEN
            RAISE WARNING 'the roles of this installation keep their names: --role-prefix % was not applied', v_prefix;
        END IF;
        RETURN;
    END IF;
    IF NOT has_database_privilege(current_database(), 'CREATE') THEN
        RAISE EXCEPTION '% may not create a schema in the database %', current_user, current_database()
            USING ERRCODE = 'DT004', HINT = format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user);
    END IF;
    FOREACH v_purpose IN ARRAY ARRAY['owner', 'reader', 'operator', 'admin'] LOOP
        v_role := v_prefix || '_' || v_purpose;
        IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = v_role
                   AND (r.rolsuper OR r.rolbypassrls OR r.rolcanlogin OR r.rolcreaterole OR r.rolcreatedb)) THEN
            RAISE EXCEPTION 'the role % exists and is not a plain NOLOGIN role', v_role
                USING ERRCODE = 'DT006', HINT = 'choose other names with --role-prefix';
        END IF;
        BEGIN
            IF to_regrole(quote_ident(v_role)) IS NULL THEN
                BEGIN
                    EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
                EXCEPTION WHEN duplicate_object OR unique_violation THEN
                    NULL; -- an install into another database has just made it
                END;
            END IF;
            IF v_purpose = 'owner' THEN
                IF NOT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) THEN
                    EXECUTE format('GRANT %I TO CURRENT_USER', v_role);
                END IF;
                v_owner := v_role;
            END IF;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE WARNING '% may not create roles: % is missing', current_user, v_role
                USING HINT = 'records stay readable to the installing role only; give it CREATEROLE and install again';
        END;
    END LOOP;
    BEGIN
        -- Shows whether the connection of an execution still exists; without it only the process id shows that.
        EXECUTE format('GRANT pg_read_all_stats TO %I', v_owner);
    EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation OR unique_violation THEN
        RAISE NOTICE 'pg_read_all_stats could not be granted to %', v_owner;
    END;
    BEGIN
        -- For dbtrack reconcile, which without it leaves out the settings that only superusers see, and reports that.
        EXECUTE format('GRANT pg_read_all_settings TO %I', v_owner);
    EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation OR unique_violation THEN
        RAISE NOTICE 'pg_read_all_settings could not be granted to %', v_owner;
    END;
    BEGIN
        EXECUTE format('CREATE SCHEMA script_tracking AUTHORIZATION %I', v_owner);
    EXCEPTION WHEN duplicate_schema OR unique_violation THEN
        -- Another install created it at this moment, and has committed: the rest is an upgrade.
        LOCK TABLE script_tracking.schema_migration IN SHARE ROW EXCLUSIVE MODE;
        RETURN;
    END;
    EXECUTE format('SET LOCAL ROLE %I', v_owner);
    CREATE TABLE script_tracking.schema_migration (
        migration_number integer NOT NULL CONSTRAINT schema_migration_pkey PRIMARY KEY,
        migration_name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        dbtrack_version text NOT NULL
    );
    COMMENT ON TABLE script_tracking.schema_migration IS 'The migrations of this schema that were applied, each once';
    CREATE TABLE script_tracking.installation (
        property_name varchar(63) NOT NULL CONSTRAINT installation_pkey PRIMARY KEY,
        property_value text NOT NULL
    );
    COMMENT ON TABLE script_tracking.installation IS 'What is installed: versions, roles; and the rows that periodic work locks';
    INSERT INTO script_tracking.installation (property_name, property_value)
    SELECT 'role.' || p.purpose, CASE p.purpose WHEN 'owner' THEN v_owner ELSE v_prefix || '_' || p.purpose END
    FROM unnest(ARRAY['owner', 'reader', 'operator', 'admin']) AS p (purpose)
    UNION ALL VALUES ('lock.maintain', ''), ('lock.cleanup', '');
    RESET ROLE;
END
$bootstrap$;
