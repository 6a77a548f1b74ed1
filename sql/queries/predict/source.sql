-- What the copy needs to know of the real database. No lock on any table of the user's is taken.
SELECT pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS server_version,
    (SELECT pg_catalog.jsonb_object_agg(s.name, s.setting)
        FROM pg_catalog.pg_settings AS s
        WHERE s.name IN ('TimeZone', 'default_tablespace', 'default_table_access_method', 'default_toast_compression')),
    (SELECT pg_catalog.array_agg(r.rolname::pg_catalog.text ORDER BY r.rolname)
        FROM pg_catalog.pg_roles AS r
        WHERE NOT r.rolname LIKE 'pg\_%%'),
    (SELECT pg_catalog.jsonb_object_agg(e.extname, n.nspname)
        FROM pg_catalog.pg_extension AS e
            JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace),
    (SELECT pg_catalog.array_agg(DISTINCT c.collname::pg_catalog.text)
        FROM pg_catalog.pg_attribute AS a
            JOIN pg_catalog.pg_collation AS c ON c.oid = a.attcollation
        WHERE a.attrelid >= 16384 AND c.collnamespace = 'pg_catalog'::pg_catalog.regnamespace
            AND c.collname NOT IN ('default', 'C', 'POSIX')),
    (SELECT pg_catalog.array_agg(pg_catalog.format('%%I.%%I', n.nspname, c.relname) ORDER BY c.oid)
        FROM pg_catalog.pg_class AS c
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind = 'm' AND c.relispopulated AND n.nspname <> 'script_tracking'),
    pg_catalog.to_regclass('script_tracking.script_execution_s') IS NOT NULL
        AND pg_catalog.has_table_privilege(pg_catalog.to_regclass('script_tracking.script_execution_s'), 'SELECT'),
    (SELECT pg_catalog.pg_encoding_to_char(d.encoding)
        FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database()),
    -- dbtrack sets its own search_path, but a migration runs with what the login gets.
    pg_catalog.replace(coalesce(
        (SELECT pg_catalog.split_part(setting, '=', 2)
            FROM pg_catalog.pg_db_role_setting AS s, pg_catalog.unnest(s.setconfig) AS setting
            WHERE setting LIKE 'search_path=%%'
                AND s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d
                    WHERE d.datname = pg_catalog.current_database()))
                AND s.setrole IN (0, (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user))
            ORDER BY (s.setrole <> 0) DESC, (s.setdatabase <> 0) DESC
            LIMIT 1),
        (SELECT s.reset_val FROM pg_catalog.pg_settings AS s WHERE s.name = 'search_path')),
        '"$user"', pg_catalog.quote_ident(session_user)),
    (SELECT pg_catalog.array_agg(t.spcname::pg_catalog.text)
        FROM pg_catalog.pg_tablespace AS t
        WHERE NOT t.spcname LIKE 'pg\_%%'),
    pg_catalog.current_setting('server_version'),
    session_user::pg_catalog.text;
