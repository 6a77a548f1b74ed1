-- Returns metadata without text that looks like a secret: in the values of revealing keys, and inside the strings.
-- The same as _clean in dbtrack/redaction/storable_text.py; python -m tools.generate writes the marked block.
CREATE OR REPLACE FUNCTION script_tracking.redact_metadata(p_metadata pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE jsonb_typeof(p_metadata)
        WHEN 'string' THEN to_jsonb(script_tracking.redact_message(p_metadata #>> '{}'))
        WHEN 'array' THEN (
            SELECT coalesce(jsonb_agg(script_tracking.redact_metadata(a.value) ORDER BY a.ordinality), '[]')
            FROM jsonb_array_elements(p_metadata) WITH ORDINALITY AS a)
        WHEN 'object' THEN (
            SELECT coalesce(jsonb_object_agg(
                CASE WHEN
                    -- <secrets:name_look lower(o.key COLLATE "C")>
                    (
                        lower(o.key COLLATE "C") LIKE ANY (ARRAY[
                            '%:%', '%=%', '%%3%', '%<%', $l$%'%$l$, '%"%', '%$%', '%bearer%', '%identified%',
                            '%private key%', '%scram%', '%md5%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                            '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                            '%gocspx%', '%pypi-%', '%v1_%', '%secret-key%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%',
                            '%hf_%', '%sg.%', '%hv_.%', '%sk________________________________%']::pg_catalog._text)
                        OR (lower(o.key COLLATE "C") LIKE ANY (ARRAY['-%', '%--%'])
                            OR replace(lower(o.key COLLATE "C"), ' - ', ' ') LIKE '% -%')
                            AND lower(o.key COLLATE "C") LIKE ANY (ARRAY[
                                '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
                                '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%', '%mysql%', '%mariadb%',
                                '%mycli%', '%7z%', '%login%', '%mongo%', '%cqlsh%', '%redis-cli%', '%ldap%', '%sqlcmd%',
                                '%bcp%', '%isql%', '%zip%', '%curl%']::pg_catalog._text)
                    )
                    -- </secrets>
                    THEN script_tracking.redact_message(o.key) ELSE o.key END,
                CASE
                WHEN
                    -- <secrets:key>
                    o.key COLLATE "C" ~* (
                        $re$(?:passw(?:or)?d|passphrase|passcode|pwd|kennwort|secret|token|credential|(?:api|access|private$re$
                        || $re$|encryption|account|shared|sharedaccess|signing|auth|master|storage|session|hmac|service|deploy$re$
                        || $re$|enc|aes|cipher|crypt|stripe|sendgrid|openai|anthropic)[ _-]?key$re$
                        || $re$|sharedaccesssignature)(?!s?[_ -]?(?:count|length|size|age|type|name|file|path|changed|rotated$re$
                        || $re$|expir|created|updated|at|until|ttl|days|enabled|required|policy|limit|used|valid))$re$
                        || $re$|(?:(?:(?<![0-9a-z])|db|user|usr|admin|root|my|pg|smtp|mail|ftp|ssh|app|login|proxy|redis|mysql$re$
                        || $re$|sql|store|key|bind|http)pass|pw|psw|(?<![0-9a-z])(?:pat|sig|bearer)|signature|cookie|jwt$re$
                        || $re$|_auth)(?![0-9a-z])$re$)
                    -- </secrets>
                    THEN '"***"'
                ELSE script_tracking.redact_metadata(o.value) END), '{}')
            FROM jsonb_each(p_metadata) AS o)
        ELSE p_metadata
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_metadata(pg_catalog.jsonb) IS 'Metadata without what looks like a secret';
