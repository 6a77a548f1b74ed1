-- Returns what belongs to a table (or a domain): constraints, indexes, triggers, rules, policies.
CREATE OR REPLACE FUNCTION script_tracking.catalog_parts()
RETURNS TABLE (
    class_id pg_catalog.oid,
    object_id pg_catalog.oid,
    owner_id pg_catalog.oid,
    acl pg_catalog.text,
    definition pg_catalog.text,
    attributes pg_catalog.jsonb
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET bytea_output = hex
AS $function$
    WITH kept AS MATERIALIZED (
        SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.oid >= 16384 AND c.relpersistence <> 't' AND c.relkind <> 't'
            AND c.relnamespace <> 'pg_toast'::pg_catalog.regnamespace
    )
    -- REINDEX CONCURRENTLY gives a constraint another index. NOT NULL is part of the column.
    SELECT 'pg_constraint'::pg_catalog.regclass::pg_catalog.oid, c.oid, NULL::pg_catalog.oid, NULL::pg_catalog.text,
        (to_jsonb(c) - '{oid,conindid}'::pg_catalog.text[])::pg_catalog.text,
        jsonb_build_object('validated', c.convalidated, 'kind', CASE c.contype WHEN 'c' THEN 'check'
            WHEN 'f' THEN 'foreign key' WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' ELSE 'exclusion' END)
    FROM pg_catalog.pg_constraint AS c
    WHERE c.oid >= 16384 AND c.contype NOT IN ('n', 't')
        AND (c.contypid <> 0 OR EXISTS (SELECT FROM kept AS k WHERE k.oid = c.conrelid))
    UNION ALL
    SELECT 'pg_class'::pg_catalog.regclass, c.oid, NULL, NULL,
        ROW(c.relname, c.relnamespace, c.relam, c.reltablespace, c.reloptions, i.indrelid, i.indkey, i.indclass,
            i.indcollation, i.indoption, i.indnkeyatts, i.indisunique, i.indnullsnotdistinct, i.indisprimary,
            i.indisexclusion, i.indimmediate, i.indisclustered, i.indisvalid, i.indisreplident, i.indexprs, i.indpred
        )::pg_catalog.text,
        jsonb_strip_nulls(jsonb_build_object('unique', nullif(i.indisunique, false), 'options', c.reloptions,
            'valid', i.indisvalid, 'clustered on', nullif(i.indisclustered, false),
            'replica identity', nullif(i.indisreplident, false)))
    FROM kept AS k
    JOIN pg_catalog.pg_index AS i ON i.indexrelid = k.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    UNION ALL
    SELECT 'pg_trigger'::pg_catalog.regclass, t.oid, NULL, NULL,
        (to_jsonb(t) - '{oid,tgconstrindid}'::pg_catalog.text[])::pg_catalog.text,
        jsonb_build_object('fires', script_tracking.trigger_state(t.tgenabled),
            'function', t.tgfoid::pg_catalog.regproc)
    FROM pg_catalog.pg_trigger AS t
    JOIN kept AS k ON k.oid = t.tgrelid
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'pg_rewrite'::pg_catalog.regclass, r.oid, NULL, NULL, (to_jsonb(r) - 'oid')::pg_catalog.text,
        jsonb_build_object('fires', script_tracking.trigger_state(r.ev_enabled))
    FROM pg_catalog.pg_rewrite AS r
    JOIN kept AS k ON k.oid = r.ev_class
    WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_policy'::pg_catalog.regclass, p.oid, NULL, NULL, (to_jsonb(p) - 'oid')::pg_catalog.text,
        jsonb_build_object('permissive', p.polpermissive, 'command', p.polcmd,
            'roles', ARRAY(SELECT pg_get_userbyid(o.id) FROM unnest(p.polroles) AS o (id) WHERE o.id <> 0))
    FROM pg_catalog.pg_policy AS p
    JOIN kept AS k ON k.oid = p.polrelid
$function$;

COMMENT ON FUNCTION script_tracking.catalog_parts() IS
    'What defines each constraint, index, trigger, rule and policy, for dbtrack reconcile';
