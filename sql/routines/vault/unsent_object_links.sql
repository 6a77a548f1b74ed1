-- Returns the links between an object and what it was before a restore that a push may not have sent, as many as one message has. As for
-- waits: those whose row was written by transaction p_since or a later one (NULL: all), also again, because maintain completes them later.
CREATE OR REPLACE FUNCTION script_tracking.unsent_object_links(p_since pg_catalog.int8, p_after pg_catalog.bytea)
RETURNS TABLE (object_same_hk pg_catalog.bytea, link pg_catalog.text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET jit = off
AS $function$
    SELECT l.object_same_hk, json_build_object('row', to_json(l),
        'old_object_bk', (SELECT s.object_bk FROM script_tracking.object_s AS s WHERE s.object_hk = l.old_object_hk LIMIT 1),
        'new_object_bk', (SELECT s.object_bk FROM script_tracking.object_s AS s WHERE s.object_hk = l.new_object_hk LIMIT 1))
        ::pg_catalog.text
    FROM script_tracking.object_same_l AS l
    WHERE l.object_same_hk > p_after
        -- Not what sources sent to this database.
        AND NOT EXISTS (SELECT FROM script_tracking.vault_tenant AS t WHERE t.tenant_hk = l.tenant_hk)
        -- xmin has 32 bits: after so many transactions, all are sent again.
        AND (p_since IS NULL
            OR pg_snapshot_xmax(pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 - p_since > 1000000000
            OR age(l.xmin) <= age((p_since & 4294967295)::pg_catalog.text::pg_catalog.xid))
    ORDER BY l.object_same_hk
    LIMIT 2000
$function$;

COMMENT ON FUNCTION script_tracking.unsent_object_links(pg_catalog.int8, pg_catalog.bytea) IS
    'The links between objects before and after a restore that dbtrack push may not have sent; for administrators';
