-- Whether a client's string can carry a secret: it says so, or holds what has the form of one. Where
-- escapes could spell a telling word it counts as telling: no search from outside reads them.
CREATE OR REPLACE FUNCTION script_tracking.carries_secret(p_string pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- As _CARRIES_SECRET in dbtrack/redaction/free_text.py; a test holds the two together.
    RETURN p_string ~* (
        $re$passw|pass(wd|phrase|code|file|key)|pwd|\mpw\M|kennwort|secret|token|credential|bearer|oauth|jwt|cookie$re$
        || $re$|webhook|dblink|conninfo|pgp_|hmac|encrypt|\mdigest\s*[(]|crypt\s*[(]|authorization["']?\s*[:=]$re$
        || $re$|(login|register)_user$re$
        || $re$|(api|access|private|encryption|account|shared|signing|auth)[ _-]?key|identified\s+by|connection\s$re$
        || $re$|user\s+mapping|create\s+server|alter\s+server|://[^/[:space:]]*:[^/[:space:]]*@$re$
        -- AWS, GitHub, GitLab, Slack, Stripe, Google, a JSON web token, PEM, hashes of passwords
        || $re$|a[ks]ia[0-9a-z]{12}|gh[pousr]_[0-9a-z]|github_pat_|glpat-|xox[abeprs]-|[rs]k_(live|test)_$re$
        || $re$|aiza[0-9a-z_-]|eyj[0-9a-z_-]{8}|-----begin|scram-sha-256[$]|md5[0-9a-f]{32}|[$]2[abxy][$]$re$
        -- U&'...', E'\x41'
        || $re$|u&['"]|\\[xu0-7]$re$);
END
$function$;

COMMENT ON FUNCTION script_tracking.carries_secret(pg_catalog.text) IS
    'Whether a client''s string can carry a secret in any of its statements';
