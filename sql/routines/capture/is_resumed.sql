-- Returns whether a string about which nothing is kept may already have run some of its DDL: the session itself can
-- have cleared what was kept, and a statement of the string can have rolled back what was recorded.
CREATE OR REPLACE FUNCTION script_tracking.is_resumed(
    p_command_tag pg_catalog.text,
    p_identities pg_catalog.text[],
    p_string pg_catalog.text
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- A statement begins after a semicolon, a comment or a line break.
    RETURN EXISTS (
            SELECT FROM script_tracking.string_pieces(p_string) AS g (piece)
            WHERE g.piece IS NULL OR g.piece COLLATE pg_catalog."C"
                ~* E'(^|;|[*]/|[\\n\\r])[[:space:]]*(rollback|abort|prepare[[:space:]]+transaction)[[:>:]]')
        OR script_tracking.recorded_before(p_command_tag, p_identities);
END
$function$;

COMMENT ON FUNCTION script_tracking.is_resumed(pg_catalog.text, pg_catalog.text[], pg_catalog.text) IS
    'Whether a string about which nothing is kept may already have run some of its DDL';
