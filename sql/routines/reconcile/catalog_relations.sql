-- Returns tables, views, sequences, foreign tables and composite types, with their columns. Stored trees are hashed as
-- they are: rendering one as SQL would wait for the lock of a session that alters its table. For PostgreSQL's own
-- relations only owner and privileges are compared, because an upgrade changes the rest.
CREATE OR REPLACE FUNCTION script_tracking.catalog_relations()
RETURNS TABLE (
    class_id pg_catalog.oid,
    object_id pg_catalog.oid,
    owner_id pg_catalog.oid,
    acl pg_catalog.text,
    definition pg_catalog.text,
    attributes pg_catalog.jsonb,
    column_names pg_catalog.jsonb
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH column_list AS MATERIALIZED (
        SELECT a.attrelid,
            string_agg(ROW(a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated,
                a.attislocal, a.attinhcount, a.attcollation, a.attstorage, a.attcompression, a.attstattarget,
                a.attoptions, a.attfdwoptions, d.adbin)::pg_catalog.text, E'\n' ORDER BY a.attnum)
                FILTER (WHERE a.attrelid >= 16384) AS definition,
            string_agg(a.attnum || ' ' || script_tracking.canonical_acl(a.attacl), E'\n' ORDER BY a.attnum)
                FILTER (WHERE a.attacl IS NOT NULL) AS acl,
            jsonb_object_agg('column ' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                CASE WHEN a.attnotnull THEN 'not null' END,
                CASE WHEN a.attidentity <> '' THEN 'identity' WHEN a.attgenerated <> '' THEN 'generated'
                    WHEN a.atthasdef THEN 'default' END,
                left(encode(sha256(convert_to(d.adbin::pg_catalog.text, getdatabaseencoding())), 'hex'), 8)))
                FILTER (WHERE a.attrelid >= 16384) AS shown,
            jsonb_object_agg('acl of column ' || a.attname, a.attacl::pg_catalog.text)
                FILTER (WHERE a.attacl IS NOT NULL) AS shown_acl,
            jsonb_object_agg(a.attnum, a.attname) FILTER (WHERE a.attrelid >= 16384)
                || coalesce(jsonb_object_agg(a.attnum || ' default', a.attname)
                    FILTER (WHERE a.attrelid >= 16384 AND a.atthasdef AND a.attgenerated = ''), '{}') AS column_names
        FROM pg_catalog.pg_attribute AS a
        LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND (a.attrelid >= 16384 OR a.attacl IS NOT NULL)
        GROUP BY a.attrelid
    ), switched_off AS MATERIALIZED (
        -- The triggers of foreign keys, which ALTER TABLE ... DISABLE TRIGGER ALL affects.
        SELECT t.tgrelid, string_agg(t.tgname || ' ' || t.tgenabled::pg_catalog.text, ',' ORDER BY t.tgname) AS definition
        FROM pg_catalog.pg_trigger AS t WHERE t.tgisinternal AND t.tgenabled <> 'O' GROUP BY t.tgrelid
    ), inherited AS MATERIALIZED (
        SELECT i.inhrelid, string_agg(i.inhparent || ' ' || i.inhdetachpending, ',' ORDER BY i.inhseqno) AS definition
        FROM pg_catalog.pg_inherits AS i GROUP BY i.inhrelid
    )
    SELECT 'pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid, c.relowner,
        concat_ws(E'\n', script_tracking.canonical_acl(c.relacl), l.acl),
        CASE WHEN c.oid < 16384 THEN c.relname ELSE ROW(c.relname, c.relnamespace, c.relkind, c.relpersistence,
            c.reloftype, c.reltablespace, c.relam, c.relrowsecurity, c.relforcerowsecurity, c.relreplident,
            c.relispartition, c.reloptions, c.relpartbound, r.ev_action, p.partstrat, p.partattrs, p.partclass,
            p.partcollation, p.partexprs, s.seqtypid, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache,
            s.seqcycle, f.ftserver, f.ftoptions, i.definition, o.definition, l.definition)::pg_catalog.text END,
        coalesce(l.shown, '{}') || coalesce(l.shown_acl, '{}') || jsonb_strip_nulls(jsonb_build_object(
            'acl', c.relacl::pg_catalog.text,
            'options', c.reloptions,
            'row security', CASE WHEN c.relforcerowsecurity THEN 'forced' WHEN c.relrowsecurity THEN 'enabled' END,
            'persistence', CASE c.relpersistence WHEN 'u' THEN 'unlogged' END,
            'triggers of foreign keys', CASE WHEN o.definition IS NOT NULL THEN 'altered' END)),
        CASE WHEN c.oid >= 16384 THEN coalesce(l.column_names, '{}') END
    FROM pg_catalog.pg_class AS c
    LEFT JOIN column_list AS l ON l.attrelid = c.oid
    LEFT JOIN switched_off AS o ON o.tgrelid = c.oid
    LEFT JOIN inherited AS i ON i.inhrelid = c.oid
    LEFT JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
    LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = c.oid
    LEFT JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = c.oid
    LEFT JOIN pg_catalog.pg_foreign_table AS f ON f.ftrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND c.relpersistence <> 't'
        AND c.relnamespace <> 'pg_toast'::pg_catalog.regnamespace
$function$;

COMMENT ON FUNCTION script_tracking.catalog_relations() IS 'What defines each relation, for dbtrack reconcile';
