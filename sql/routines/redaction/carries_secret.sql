-- Returns whether a client's string can contain a secret: it has a word that announces one, or text in the form of one.
-- If escapes could spell such a word, it counts as one, because no search reads them.
-- The same as carries_secret in dbtrack/redaction/free_text.py: both follow dbtrack/redaction/definition.py, from which
-- python -m tools.generate writes the marked block.
CREATE OR REPLACE FUNCTION script_tracking.carries_secret(p_string pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- Words are searched for first: a new session has to compile each regular expression.
    v_lower constant pg_catalog.text := CASE WHEN length(p_string) > 10000 THEN '' ELSE lower(p_string COLLATE "C") END;
BEGIN
    RETURN
        -- <secrets:statement>
        p_string COLLATE "C" ~* (
            $re$passw|pass(?:wd|phrase|code|file|key)|pass[\"']?\s*[:=]|pwd|pw(?![0-9a-z])|kennwort|secret|token$re$
            || $re$|credential|(?:db|user|usr|admin|root|my|pg|smtp|mail|ftp|ssh|app|login|proxy|redis|mysql|sql$re$
            || $re$|store|key|bind|http)[_.-]?pass(?![0-9a-z])|bearer|oauth|jwt|cookie|webhook|dblink|conninfo|pgp_$re$
            || $re$|hmac|encrypt|digest\s*[(]|crypt\s*[(]|authorization[\"']?\s*[:=]|(?:login|register)_user$re$
            || $re$|[?&;]sig=|signature[\"']?\s*=|(?:api|access|private|encryption|account|shared|sharedaccess$re$
            || $re$|signing|auth|master|storage|session|hmac|service|deploy|enc|aes|cipher|crypt|stripe|sendgrid$re$
            || $re$|openai|anthropic)[ _-]?key|sharedaccesssignature|identified\s+by|connection\s|options\s*(?:[(]$re$
            || $re$|/[*]|--)|account_add|curl\s|mysql\w*\s+-|://[^\s:@/]*:(?![0-9]{1,5}/)(?:(?!://)\S)*@|u&['\"]$re$
            || $re$|\\[xu0-7]$re$)
        OR ((length(p_string) > 10000 OR
            v_lower LIKE ANY (ARRAY[
                $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%', '%gl___-%', '%xox%', '%xapp%', '%slack.com%',
                '%k_live_%', '%k_test_%', '%whsec%', '%aiza%', '%gocspx%', '%pypi-%', '%v1_%', '%secret-key%',
                '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%', '%hf_%', '%sg.%', '%hv_.%']::pg_catalog._text)
        )
            AND p_string COLLATE "C" ~ (
                $re$(?:gh[pousr]_\w{6}|github_pat_\w{6}|gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt)-[\w-]{8}$re$
                || $re$|xox[abeoprs]-\w{2}|xapp-[0-9]-\w|hooks[.]slack[.]com/(?:services|workflows|triggers)/\w$re$
                || $re$|[sr]k_(?:live|test)_\w|whsec_\w{6}|AIza[\w-]{12}|GOCSPX-\w|pypi-Ag\w|dckr_pat_\w|do[opr]_v1_\w$re$
                || $re$|AGE-SECRET-KEY-1\w|eyJ[\w-]{8}|(?<![0-9A-Za-z])(?:A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])$re$
                || $re$|ya29[.][\w-]{6}|npm_[0-9A-Za-z]{30}|sk-(?:ant|proj|svcacct|admin|or)-[\w-]{6}$re$
                || $re$|sk-[0-9A-Za-z]{20}|hf_[0-9A-Za-z]{20}|SG[.][\w-]{16}$re$
                || $re$|hv[bsr][.][\w-]{16}))$re$))
        OR ((length(p_string) > 10000 OR
            v_lower LIKE ANY (ARRAY['%scram%', '%md5%', '%$2_$%', '%$argon%', '%pbkdf2%', '%private key%']::pg_catalog._text)
        )
            AND p_string COLLATE "C" ~ (
                $re$(?:SCRAM-SHA-(?:1|256|512)[$]|(?<![0-9A-Za-z])md5[0-9a-f]{32}(?![0-9A-Za-z])|[$](?:2[abxy]$re$
                || $re$|argon2(?:id|i|d))[$][0-9A-Za-z./+]|pbkdf2_sha(?:1|256|512)[$])$re$
                || $re$|-----BEGIN [0-9A-Z ]*PRIVATE KEY(?: BLOCK)?-----$re$))
        -- </secrets>
    ;
END
$function$;

COMMENT ON FUNCTION script_tracking.carries_secret(pg_catalog.text) IS
    'Whether a client''s string can contain a secret in any of its statements';
