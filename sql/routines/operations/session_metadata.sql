-- Returns who really acts, and from where: what the satellite has no column for.
CREATE OR REPLACE FUNCTION script_tracking.session_metadata()
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN jsonb_strip_nulls(jsonb_build_object(
        -- current_user is the owner of the calling function; the acting role is in this setting.
        'role', nullif(current_setting('role'), 'none'),
        'application_name', nullif(CASE WHEN length(current_setting('application_name')) >= 8 AND
            -- <secrets:name_look lower(current_setting('application_name') COLLATE "C")>
            (
                lower(current_setting('application_name') COLLATE "C") LIKE ANY (ARRAY[
                    '%:%', '%=%', '%%3%', '%<%', $l$%'%$l$, '%"%', '%$%', '%bearer%', '%identified%',
                    '%private key%', '%scram%', '%md5%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                    '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                    '%gocspx%', '%pypi-%', '%v1_%', '%secret-key%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%',
                    '%hf_%', '%sg.%', '%hv_.%', '%sk________________________________%']::pg_catalog._text)
                OR (lower(current_setting('application_name') COLLATE "C") LIKE ANY (ARRAY['-%', '%--%'])
                    OR replace(lower(current_setting('application_name') COLLATE "C"), ' - ', ' ') LIKE '% -%')
                    AND lower(current_setting('application_name') COLLATE "C") LIKE ANY (ARRAY[
                        '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
                        '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%', '%mysql%', '%mariadb%',
                        '%mycli%', '%7z%', '%login%', '%mongo%', '%cqlsh%', '%redis-cli%', '%ldap%', '%sqlcmd%',
                        '%bcp%', '%isql%', '%zip%', '%curl%']::pg_catalog._text)
            )
            -- </secrets>
            THEN script_tracking.redact_message(current_setting('application_name'))
            ELSE current_setting('application_name') END, ''),
        'backend_pid', pg_backend_pid(),
        'transaction_id', pg_current_xact_id()::pg_catalog.text));
END
$function$;

COMMENT ON FUNCTION script_tracking.session_metadata() IS
    'Acting role, application name, backend and transaction of the session';
