-- Ends a token at once: a request that begins after this transaction is refused. The row stays, for the list.
CREATE OR REPLACE FUNCTION script_tracking.revoke_api_token(p_name pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    UPDATE script_tracking.api_token AS t SET revoked_at = clock_timestamp()
    WHERE t.token_name = p_name AND t.revoked_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no token "%"', p_name
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack token list';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.revoke_api_token(pg_catalog.text) IS 'Ends a token of the API, at once';
