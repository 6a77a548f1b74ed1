-- Returns why a platform refused, in the form in which it may be stored: the platform's own text, unless it contains
-- the password.
CREATE OR REPLACE FUNCTION script_tracking.auth_reason(p_outcome pg_catalog.jsonb, p_password pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE
        WHEN w.words IS NULL THEN 'refused by the platform'
        WHEN p_password <> '' AND strpos(lower(w.words), lower(p_password)) > 0
            THEN 'refused by the platform, in words that hold the password'
        ELSE 'refused by the platform: ' || left(w.words, 500) END
    FROM (SELECT nullif(coalesce(p_outcome ->> 'reason', p_outcome ->> 'message', p_outcome ->> 'error'), '')) AS w (words)
$function$;

COMMENT ON FUNCTION script_tracking.auth_reason(pg_catalog.jsonb, pg_catalog.text) IS 'Why a platform refused, as it may be stored';
