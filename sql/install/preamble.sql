-- The settings of the installer's transaction. The installer fills in the names between @.
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL lock_timeout = '@lock_timeout_seconds@s';
SET LOCAL check_function_bodies = off;
SET LOCAL row_security = on;
SET LOCAL client_min_messages = warning;
-- A database, a role or a connection string can set these, and the files here rely on PostgreSQL's defaults.
SET LOCAL standard_conforming_strings = on;
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL quote_all_identifiers = off;
SET LOCAL transform_null_equals = off;
SET LOCAL array_nulls = on;
SET LOCAL xmloption = 'content';
SET LOCAL default_tablespace = '';
SET LOCAL default_table_access_method = 'heap';
SET LOCAL jit = off;
SET LOCAL dbtrack.role_prefix = '@role_prefix@';
SET LOCAL dbtrack.version = '@version@';
SET LOCAL dbtrack.newest_migration = '@newest_migration@';
SET LOCAL dbtrack.routines = '@routines@';
SET LOCAL dbtrack.tables = '@tables@';
SET LOCAL dbtrack.views = '@views@';
SET LOCAL dbtrack.mart_views = '@mart_views@';
