-- Removes text that looks like a secret from free text: tokens, passwords in connection strings and URIs, values of
-- revealing names and options. The same as redact in dbtrack/redaction/free_text.py: both follow
-- dbtrack/redaction/definition.py, from which python -m tools.generate writes the marked blocks.
-- Not in SQL, because a function in SQL is read and planned again in each transaction.
CREATE OR REPLACE FUNCTION script_tracking.redact_message(p_message pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_message pg_catalog.text := p_message;
    v_lower pg_catalog.text := lower(p_message COLLATE "C");
BEGIN
    IF length(p_message) > 1000000 THEN
        RETURN format('[redacted: %s characters]', length(p_message));
    END IF;
    -- Words are searched for first: a new session has to compile each regular expression.
    IF NOT
        -- <secrets:text_look v_lower>
        v_lower LIKE ANY (ARRAY[
            '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
            '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%', '%://%', '%authorization%',
            '%identified%', '%-u%', '%-a%', '%mysql%', '%mariadb%', '%mycli%', '%7z%', '%login%', '%mongo%',
            '%cqlsh%', '%redis-cli%', '%ldap%', '%sqlcmd%', '%bcp%', '%isql%', '%zip%', '%curl%', '%scram%',
            '%md5%', '%$2_$%', '%$argon%', '%pbkdf2%', $l$%gh_\_%$l$, '%gl__-%', '%gl___-%', '%xox%',
            '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%', '%gocspx%', '%pypi-%',
            '%v1_%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%', '%hf_%', '%sg.%', '%hv_.%',
            '%sk________________________________%', '%$5$%', '%$6$%', '%$y$%']::pg_catalog._text)
        -- </secrets>
    THEN
        RETURN p_message;
    END IF;
    -- <secrets:rules>
    IF v_lower LIKE ANY (ARRAY['%private key%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(-----BEGIN [0-9A-Z ]*PRIVATE KEY(?: BLOCK)?-----)(?:[^-]$re$
            || $re$|-(?!----))*(?:-----END[0-9A-Z ]*-----)?$re$, '\1***', 'g');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%private key%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(?<![0-9A-Za-z+/=\s])[0-9A-Za-z+/=\s]+(?=-----END [0-9A-Z ]*PRIVATE KEY)$re$, '***', 'g');
    END IF;
    IF v_lower LIKE ANY (ARRAY[
            $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%', '%gl___-%', '%xox%', '%xapp%', '%slack.com%',
            '%k_live_%', '%k_test_%', '%whsec%', '%aiza%', '%gocspx%', '%pypi-%', '%v1_%', '%secret-key%',
            '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%', '%hf_%', '%sg.%', '%hv_.%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(?:gh[pousr]_\w{6}|github_pat_\w{6}|gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt)-[\w-]{8}$re$
            || $re$|xox[abeoprs]-\w{2}|xapp-[0-9]-\w|hooks[.]slack[.]com/(?:services|workflows|triggers)/\w$re$
            || $re$|[sr]k_(?:live|test)_\w|whsec_\w{6}|AIza[\w-]{12}|GOCSPX-\w|pypi-Ag\w|dckr_pat_\w|do[opr]_v1_\w$re$
            || $re$|AGE-SECRET-KEY-1\w|eyJ[\w-]{8}|(?<![0-9A-Za-z])(?:A[KS]IA[0-9A-Z]{16}(?![0-9A-Za-z])$re$
            || $re$|ya29[.][\w-]{6}|npm_[0-9A-Za-z]{30}|sk-(?:ant|proj|svcacct|admin|or)-[\w-]{6}$re$
            || $re$|sk-[0-9A-Za-z]{20}|hf_[0-9A-Za-z]{20}|SG[.][\w-]{16}$re$
            || $re$|hv[bsr][.][\w-]{16}))[\w.~+/=-]*$re$, '***', 'g');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%sk________________________________%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(?<![0-9A-Za-z])SK[0-9a-f]{32}(?![0-9A-Za-z])$re$, '***', 'g');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%scram%', '%md5%', '%$2_$%', '%$argon%', '%pbkdf2%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(?:SCRAM-SHA-(?:1|256|512)[$]|(?<![0-9A-Za-z])md5[0-9a-f]{32}(?![0-9A-Za-z])|[$](?:2[abxy]$re$
            || $re$|argon2(?:id|i|d))[$][0-9A-Za-z./+]|pbkdf2_sha(?:1|256$re$
            || $re$|512)[$])[0-9A-Za-z./+=$:,*-]*$re$, '***', 'g');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%$5$%', '%$6$%', '%$y$%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$[$][56y][$][0-9A-Za-z./$]{8,}$re$, '***', 'g');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%://%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%@%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(://[^\s:@/'"]*:(?![0-9]{1,5}/))(?:(?!://)[^\s'"])+(?=@)$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%://%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%@%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(://)[0-9A-Za-z_.~-]{20,}(?=@)$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%authorization%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(authorization\\?["']?\s*[:=]\s*\\?["']?)[^\s'"\\][^\n\r'"\\]*$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%cookie%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(cookie\\?["']?\s*:\s*\\?["']?)[^\s'"\\][^\n\r'"\\]*$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%bearer%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$((?<![0-9a-z])bearer\s+)(?=\S*[0-9])[\w.~+/=-]{8,}$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY[
            '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
            '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%:%', '%=%', '%%%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$((?:(?:passw(?:or)?d|passphrase|passcode|pwd|kennwort|secret|token|credential|(?:api|access$re$
            || $re$|private|encryption|account|shared|sharedaccess|signing|auth|master|storage|session|hmac|service$re$
            || $re$|deploy|enc|aes|cipher|crypt|stripe|sendgrid|openai|anthropic)[ _-]?key$re$
            || $re$|sharedaccesssignature)[\w.-]*|(?:(?:(?<![0-9a-z])|db|user|usr|admin|root|my|pg|smtp|mail|ftp$re$
            || $re$|ssh|app|login|proxy|redis|mysql|sql|store|key|bind|http)pass|pw|psw|(?<![0-9a-z])(?:pat|sig$re$
            || $re$|bearer)|signature|cookie|jwt|_auth)(?![0-9a-z]))\\?["']?\]?(?:%[25][0-9a-f])*\s*(?::=|=>|==?|:$re$
            || $re$|%3[ad](?:%22)?)\s*(?!\*\*\*@))(?:''[^'\s][^']*(?:''|'?(?!.))|'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))$re$
            || $re$|"(?:[^"\\]|\\.)*(?:"|\\?(?!.))|\\+["'][^"'\\]*(?:\\+["'])?$re$
            || $re$|(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\]))(?:(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\])|(?=['\"]\w)(?:'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"$re$
            || $re$|\\?(?!.))))*$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY[
            '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
            '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%<%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(<[\w:.-]*(?:passw(?:or)?d|passphrase|passcode|pwd|kennwort|secret|token|credential|(?:api$re$
            || $re$|access|private|encryption|account|shared|sharedaccess|signing|auth|master|storage|session|hmac$re$
            || $re$|service|deploy|enc|aes|cipher|crypt|stripe|sendgrid|openai|anthropic)[ _-]?key$re$
            || $re$|sharedaccesssignature|(?:(?:(?<![0-9a-z])|db|user|usr|admin|root|my|pg|smtp|mail|ftp|ssh|app$re$
            || $re$|login|proxy|redis|mysql|sql|store|key|bind|http)pass|pw|psw|(?<![0-9a-z])(?:pat|sig|bearer)$re$
            || $re$|signature|cookie|jwt$re$
            || $re$|_auth)(?![0-9a-z]))[\w.-]*>\s*)[^<\s][^<]*$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY[
            '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
            '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%=%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(name=["'][\w:.-]*(?:passw(?:or)?d|passphrase|passcode|pwd|kennwort|secret|token|credential$re$
            || $re$|(?:api|access|private|encryption|account|shared|sharedaccess|signing|auth|master|storage$re$
            || $re$|session|hmac|service|deploy|enc|aes|cipher|crypt|stripe|sendgrid|openai|anthropic)[ _-]?key$re$
            || $re$|sharedaccesssignature|(?:(?:(?<![0-9a-z])|db|user|usr|admin|root|my|pg|smtp|mail|ftp|ssh|app$re$
            || $re$|login|proxy|redis|mysql|sql|store|key|bind|http)pass|pw|psw|(?<![0-9a-z])(?:pat|sig|bearer)$re$
            || $re$|signature|cookie|jwt$re$
            || $re$|_auth)(?![0-9a-z]))[\w.-]*["']\s+value=["'])[^"']+$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%pgpass%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%:%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$([\w.*/-]+:(?:[0-9]{2,5}|[*]):[\w.*-]+:[\w.*-]+:(?=[^\n]*pgpass))(?:''[^'\s][^']*(?:''|'?(?!.))$re$
            || $re$|'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"|\\?(?!.))|\\+["'][^"'\\]*(?:\\+["'])?$re$
            || $re$|(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\]))(?:(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\])|(?=['\"]\w)(?:'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"$re$
            || $re$|\\?(?!.))))*$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY[
            '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
            '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%-%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$((?<![\w-])--?(?!-?no-)[\w-]*(?:(?:passw(?:or)?d|passphrase|passcode|pwd|kennwort|secret|token$re$
            || $re$|credential|(?:api|access|private|encryption|account|shared|sharedaccess|signing|auth|master$re$
            || $re$|storage|session|hmac|service|deploy|enc|aes|cipher|crypt|stripe|sendgrid|openai$re$
            || $re$|anthropic)[ _-]?key|sharedaccesssignature)s?(?![\w-]*(?:file|path|stdin|prompt|command))[\w-]*$re$
            || $re$|(?:(?:(?<![0-9a-z])|db|user|usr|admin|root|my|pg|smtp|mail|ftp|ssh|app|login|proxy|redis|mysql$re$
            || $re$|sql|store|key|bind|http)pass|pw|psw|(?<![0-9a-z])(?:pat|sig|bearer)|signature|cookie|jwt$re$
            || $re$|_auth)(?![0-9a-z]))\s+)(?!-)(?:''[^'\s][^']*(?:''|'?(?!.))|'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))$re$
            || $re$|"(?:[^"\\]|\\.)*(?:"|\\?(?!.))|\\+["'][^"'\\]*(?:\\+["'])?$re$
            || $re$|(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\]))(?:(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\])|(?=['\"]\w)(?:'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"$re$
            || $re$|\\?(?!.))))*$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%passw%', '%passphrase%', '%pwd%', '%secret%', '%token%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY[$l$%'%$l$, '%$%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$((?:passw(?:or)?d|passphrase|pwd|secret|token)\s+(?:[eun]&?(?='))?)(?:''[^'\s][^']*(?:''$re$
            || $re$|'?(?!.))|'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|\$\w*\$(?:[^$]$re$
            || $re$|\$(?!\w*\$))*(?:\$\w*\$)?)$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%password%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%"%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(password\s+)"(?:[^"\\]|\\.)*(?:"$re$
            || $re$|\\?(?!.))$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%identified%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$(identified\s+by\s+(?:password\s+)?)(?:''[^'\s][^']*(?:''|'?(?!.))|'(?:[^'\\]|''|\\.)*(?:'$re$
            || $re$|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"|\\?(?!.))|\\+["'][^"'\\]*(?:\\+["'])?$re$
            || $re$|(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\]))(?:(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\])|(?=['\"]\w)(?:'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"$re$
            || $re$|\\?(?!.))))*$re$, '\1***', 'gi');
    END IF;
    IF v_lower LIKE ANY (ARRAY[
            '%mysql%', '%mariadb%', '%mycli%', '%7z%', '%sshpass%', '%login%', '%mongo%', '%cqlsh%',
            '%redis-cli%', '%ldap%', '%sqlcmd%', '%bcp%', '%isql%', '%zip%', '%curl%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%-%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$((?<![\w.-])(?:(?:mysql(?:dump|admin|import|check|sh)?|mariadb(?:-dump)?|mycli$re$
            || $re$|7za?)(?:\.exe)?(?![\w.-])(?:(?!\s['\"]?-p)[^\n;|&])*\s['\"]?-p|(?:sshpass|(?:docker|podman$re$
            || $re$|registry|az|oc)\slogin|mongo(?:sh|dump|restore)?$re$
            || $re$|cqlsh)(?:\.exe)?(?![\w.-])(?:(?!\s['\"]?-p)[^\n;|&])*\s['\"]?-p\s{0,8}$re$
            || $re$|(?:redis-cli)(?:\.exe)?(?![\w.-])(?:(?!\s['\"]?-a)[^\n;|&])*\s['\"]?-a\s{0,8}|(?:ldap(?:search$re$
            || $re$|modify|add|delete|passwd))(?:\.exe)?(?![\w.-])(?:(?!\s['\"]?-w)[^\n;|&])*\s['\"]?-w\s{0,8}$re$
            || $re$|(?:sqlcmd|bcp|isql|(?:un)?zip)(?:\.exe)?(?![\w.-])(?:(?!\s['\"]?-P)[^\n;|&])*\s['\"]?-P\s{0,8}$re$
            || $re$|(?:curl)(?:\.exe)?(?![\w.-])(?:(?!\s['\"]?-b)[^\n;$re$
            || $re$|&])*\s['\"]?-b\s{0,8}))(?!-)(?:''[^'\s][^']*(?:''|'?(?!.))|'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))$re$
            || $re$|"(?:[^"\\]|\\.)*(?:"|\\?(?!.))|\\+["'][^"'\\]*(?:\\+["'])?$re$
            || $re$|(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\]))(?:(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\])|(?=['\"]\w)(?:'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"$re$
            || $re$|\\?(?!.))))*$re$, '\1***', 'g');
    END IF;
    IF v_lower LIKE ANY (ARRAY['%-u%', '%-a%']::pg_catalog._text)
        AND v_lower LIKE ANY (ARRAY['%:%']::pg_catalog._text)
    THEN
        v_message := regexp_replace(v_message COLLATE "C",
            $re$((?<![\w-])(?:-u|-a|--user|--auth|--proxy-user)[\s=]{0,3}['\"]?(?!jdbc:)[^\s:'\"=]+:(?!//$re$
            || $re$|[0-9]{1,6}(?:\s|(?!.))))(?!-)(?:''[^'\s][^']*(?:''|'?(?!.))|'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))$re$
            || $re$|"(?:[^"\\]|\\.)*(?:"|\\?(?!.))|\\+["'][^"'\\]*(?:\\+["'])?$re$
            || $re$|(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\]))(?:(?![&,;]\s?\\?["']?[\w.-]+\\?["']?[=:]|[)\]},;]{1,3}(?:[\s"']|(?!.)))[^\s'"\\]$re$
            || $re$|\\(?!["'\\])|(?=['\"]\w)(?:'(?:[^'\\]|''|\\.)*(?:'|\\?(?!.))|"(?:[^"\\]|\\.)*(?:"$re$
            || $re$|\\?(?!.))))*$re$, '\1***', 'g');
    END IF;
    -- </secrets>
    RETURN v_message;
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_message(pg_catalog.text) IS 'A message without what looks like a secret';
