-- Refuses the name, type or writer of an operation if it cannot be stored as given, or if it is reserved for dbtrack:
-- with the type DDL_AUTO or the name of a cleanup, an operator could present a text of its own as something that
-- dbtrack saw or did.
CREATE OR REPLACE FUNCTION script_tracking.check_operation(
    p_script_name pg_catalog.text,
    p_script_type pg_catalog.text,
    p_writer pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF coalesce(btrim(p_script_name), '') = '' OR length(p_script_name) > 255 THEN
        RAISE EXCEPTION 'the name of an operation must have 1 to 255 characters, not %', coalesce(length(p_script_name), 0)
            USING ERRCODE = 'DT006', HINT = 'shorten it; details belong into metadata';
    END IF;
    IF coalesce(btrim(p_script_type), '') = '' OR length(p_script_type) > 50 THEN
        RAISE EXCEPTION 'the type of an operation must have 1 to 50 characters, not %', coalesce(length(p_script_type), 0)
            USING ERRCODE = 'DT006', HINT = 'MANUAL, MIGRATION, MAINTENANCE, BACKUP, REPORTING, or one of your own';
    END IF;
    IF upper(btrim(p_script_type) COLLATE "C") IN ('DDL_AUTO', 'DDL_LOG', 'SECURITY', 'UNATTRIBUTED', 'REVIEW', 'CLASSIFICATION') THEN
        RAISE EXCEPTION 'the type % is reserved for what dbtrack records by itself', p_script_type
            USING ERRCODE = 'DT006', HINT = 'MANUAL, MIGRATION, MAINTENANCE, BACKUP, REPORTING, or one of your own';
    END IF;
    IF lower(btrim(p_script_name) COLLATE "C") ~ '^dbtrack[[:space:]]' THEN
        RAISE EXCEPTION 'the name "%" is reserved: dbtrack records its own work under names that begin this way',
            left(p_script_name, 40)
            USING ERRCODE = 'DT006', HINT = 'choose another name for the operation';
    END IF;
    IF p_writer IS NULL OR p_writer NOT IN ('track_operation', 'dbtrack_cli', 'tracker_api', 'rest_api') THEN
        RAISE EXCEPTION 'unknown writer: %', p_writer
            USING ERRCODE = 'DT006', HINT = 'track_operation, dbtrack_cli, tracker_api or rest_api';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_operation(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Refuses an operation that cannot be stored as given';
