-- The settings of the installer's transaction. What stands between @ is filled in.
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL lock_timeout = '@lock_timeout_seconds@s';
SET LOCAL check_function_bodies = off;
SET LOCAL row_security = on;
SET LOCAL client_min_messages = warning;
SET LOCAL standard_conforming_strings = on;
SET LOCAL dbtrack.role_prefix = '@role_prefix@';
SET LOCAL dbtrack.version = '@version@';
SET LOCAL dbtrack.newest_migration = '@newest_migration@';
SET LOCAL dbtrack.routines = '@routines@';
SET LOCAL dbtrack.tables = '@tables@';
SET LOCAL dbtrack.views = '@views@';
