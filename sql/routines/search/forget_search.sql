-- Removes what the search knows of versions of these times, because their texts were erased, or because they came without
-- the transaction that wrote them. A function that does this calls it in the same transaction. It waits for a segment that is
-- being written, a few seconds at most; a search reads the rows of these times until maintain has written them again.
CREATE OR REPLACE FUNCTION script_tracking.forget_search(p_load_dates pg_catalog.timestamptz[])
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF cardinality(p_load_dates) > 0 THEN
        -- An update, so that a segment that is being written meanwhile sees what this transaction changes.
        UPDATE script_tracking.search_state AS t SET changed_at = clock_timestamp();
        PERFORM script_tracking.remove_search_segments(p_load_dates);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.forget_search(pg_catalog.timestamptz[]) IS
    'Removes what the search knows of versions of these times; for functions that erase or restore them';
