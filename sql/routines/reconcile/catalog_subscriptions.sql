-- Returns what defines each subscription of the database, for dbtrack reconcile. Not subconninfo: it may contain a
-- password, and the owner may not read it. Nor what replication itself advances: the skipped position, the state of
-- two-phase commit.
CREATE OR REPLACE FUNCTION script_tracking.catalog_subscriptions()
RETURNS TABLE (
    object_id pg_catalog.oid,
    owner_id pg_catalog.oid,
    definition pg_catalog.jsonb,
    attributes pg_catalog.jsonb
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT o.object_id, o.owner_id, jsonb_build_array(o.subscription_name, o.slot_name, o.synchronous_commit) || o.options,
        jsonb_strip_nulls(o.options)
    -- Columns of later versions: if pg_subscription has no such column, the name refers to that of the first item.
    FROM (SELECT NULL::pg_catalog.bool AS subpasswordrequired, NULL::pg_catalog.bool AS subrunasowner,
        NULL::pg_catalog.text AS suborigin, NULL::pg_catalog.bool AS subfailover) AS later
    CROSS JOIN LATERAL (
        SELECT s.oid AS object_id, s.subowner AS owner_id, s.subname AS subscription_name, s.subslotname AS slot_name,
            s.subsynccommit AS synchronous_commit,
            jsonb_build_object('enabled', s.subenabled, 'publications', s.subpublications, 'binary', s.subbinary,
                'streaming', s.substream, 'disable on error', s.subdisableonerr,
                'password required', subpasswordrequired, 'run as owner', subrunasowner, 'origin', suborigin,
                'failover', subfailover) AS options
        FROM pg_catalog.pg_subscription AS s
        JOIN pg_catalog.pg_database AS d ON d.oid = s.subdbid AND d.datname = current_database()) AS o
$function$;

COMMENT ON FUNCTION script_tracking.catalog_subscriptions() IS
    'What defines each subscription of the database, for dbtrack reconcile';
