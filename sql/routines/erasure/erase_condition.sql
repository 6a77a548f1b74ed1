-- Returns the condition, as SQL, under which a column of the row t names a person: $1 is the subject, $2 its pattern.
CREATE OR REPLACE FUNCTION script_tracking.erase_condition(
    p_handling pg_catalog.text,
    p_column pg_catalog.text,
    p_applies pg_catalog.text
)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE
            WHEN p_handling IN ('login', 'row_login') THEN format('t.%I = $1', p_column)
            WHEN p_handling = 'address' THEN format('(host(t.%I) = $1 OR t.%I IS NOT NULL AND t.db_session_user = $1)', p_column, p_column)
            -- As record_administration finds a token that is renamed here.
            WHEN p_handling = 'token' THEN format($$(t.%I ~* $2 AND t.%I <> 'erased-' || t.token_id)$$, p_column, p_column)
            -- A business key is the name, the time and random letters, with _ between them.
            WHEN p_column = 'script_execution_bk'
                THEN format($$regexp_replace(t.%I, '_[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9].*$', '') ~* $2$$, p_column)
            ELSE format('script_tracking.json_words(to_jsonb(t.%I)) ~* $2', p_column) END
        || coalesce(' AND ' || p_applies, '')
$function$;

COMMENT ON FUNCTION script_tracking.erase_condition(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'The condition under which a column names a person; for erase_rows and erase_places';
