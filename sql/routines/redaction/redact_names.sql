-- Returns a caller's names of objects without text that looks like a secret.
CREATE OR REPLACE FUNCTION script_tracking.redact_names(p_names pg_catalog.text[])
RETURNS pg_catalog.text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_lower constant pg_catalog.text := lower(array_to_string(p_names, ' ') COLLATE "C");
BEGIN
    IF NOT
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
        RETURN p_names;
    END IF;
    RETURN ARRAY(SELECT script_tracking.redact_message(n.name) FROM unnest(p_names) WITH ORDINALITY AS n (name, place) ORDER BY n.place);
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_names(pg_catalog.text[]) IS 'Names of objects without what looks like a secret';
