-- Describes what the present transaction changed of a relation, for capture, or the whole of it. Rows of the catalogs
-- that this transaction wrote have an xmin of its own; cmin tells those of its later commands (docs/object-history.md).
-- Rendering a definition is dear, finding that nothing changed is not. So which catalogs are read at all depends on the
-- words of the statement.
--
-- p_is_whole: everything, whoever wrote it
-- p_after: what a later command than this one wrote (cmin); NULL: all commands of the transaction
-- p_words: the statement in lower case; NULL: it is unknown, and every catalog is read
-- o_type: NULL if there is no such relation, or none that has a history
-- o_last: the last command that wrote anything of it; NULL: none
CREATE OR REPLACE FUNCTION script_tracking.relation_parts(
    p_relation pg_catalog.oid,
    p_is_whole pg_catalog.bool,
    p_after pg_catalog.int8,
    p_words pg_catalog.text,
    OUT o_type pg_catalog.text,
    OUT o_identity pg_catalog.text,
    OUT o_grantees pg_catalog.name[],
    OUT o_definition pg_catalog.jsonb,
    OUT o_last pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_after CONSTANT pg_catalog.int8 := coalesce(p_after, -1);
    v_words CONSTANT pg_catalog.text := coalesce(p_words, 'inherit partition type');
    v_kind pg_catalog."char";
    v_last pg_catalog.int8;
    v_with_privileges pg_catalog.bool;
    v_parts pg_catalog.jsonb;
BEGIN
    SELECT c.relkind, quote_ident(n.nspname) || '.' || quote_ident(c.relname),
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
            WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'composite type' END,
        CASE WHEN age(c.xmin) <= 0 THEN c.cmin::pg_catalog.text::pg_catalog.int8 END, c.relacl IS NOT NULL,
        CASE WHEN p_is_whole OR (age(c.xmin) <= 0 AND c.cmin::pg_catalog.text::pg_catalog.int8 > v_after)
            -- NO INHERIT writes no row of pg_class.
            OR strpos(v_words, 'inherit') > 0
            THEN jsonb_build_object('relation', jsonb_build_array(1, c.relname, n.nspname, pg_get_userbyid(c.relowner), c.relkind,
                c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, to_jsonb(c.reloptions), to_jsonb(c.relacl::pg_catalog.text[]),
                c.relreplident, CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
                CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
                (SELECT jsonb_agg(i.inhparent::pg_catalog.regclass::pg_catalog.text ORDER BY i.inhseqno) FROM pg_inherits AS i
                    WHERE i.inhrelid = c.oid),
                CASE WHEN c.reltablespace <> 0 THEN (SELECT t.spcname FROM pg_tablespace AS t WHERE t.oid = c.reltablespace) END,
                CASE WHEN c.relam NOT IN (0, 2) THEN (SELECT m.amname FROM pg_am AS m WHERE m.oid = c.relam) END,
                CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END)) END
    INTO v_kind, o_identity, o_type, v_last, v_with_privileges, o_definition
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = p_relation AND c.relkind NOT IN ('t', 'i', 'I');
    IF v_kind IS NULL THEN
        RETURN;
    END IF;
    v_with_privileges := v_with_privileges AND o_definition IS NOT NULL;
    IF v_last > v_after THEN
        o_last := v_last;
    END IF;
    -- A default is rendered without its table, unless it is that of a generated column: with it, the names of all columns
    -- are prepared for each.
    SELECT jsonb_object_agg('column ' || a.attnum, CASE WHEN a.attisdropped THEN 'null'::pg_catalog.jsonb
            ELSE jsonb_build_array(1, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                CASE WHEN a.atthasdef THEN (SELECT pg_get_expr(d.adbin,
                        CASE a.attgenerated WHEN '' THEN 0::pg_catalog.oid ELSE d.adrelid END)
                    FROM pg_attrdef AS d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END,
                a.attidentity, a.attgenerated,
                CASE WHEN a.attcollation NOT IN (0, 100) THEN (SELECT a.attcollation::pg_catalog.regcollation::pg_catalog.text
                    FROM pg_type AS t WHERE t.oid = a.atttypid AND t.typcollation <> a.attcollation) END,
                a.attstorage, a.attcompression,
                -- An older release left a key there that no other version accepts.
                CASE WHEN a.attoptions IS NOT NULL THEN (SELECT jsonb_agg(o.value) FROM unnest(a.attoptions) AS o (value)
                    WHERE o.value NOT LIKE 'pg@_attver=%' ESCAPE '@') END,
                to_jsonb(a.attacl::pg_catalog.text[]), a.attislocal, a.attinhcount, nullif(a.attstattarget, -1),
                to_jsonb(a.attfdwoptions),
                -- An identity's sequence is a part of its column: sql_drop is not told when it goes.
                CASE WHEN a.attidentity <> '' THEN (SELECT jsonb_build_array(q.seqstart, q.seqincrement, q.seqmin, q.seqmax,
                        q.seqcache, q.seqcycle)
                    FROM pg_depend AS p JOIN pg_sequence AS q ON q.seqrelid = p.objid
                    WHERE p.refclassid = 1259 AND p.refobjid = a.attrelid AND p.refobjsubid = a.attnum AND p.classid = 1259
                        AND p.deptype = 'i') END) END),
        max(CASE WHEN age(a.xmin) <= 0 THEN a.cmin::pg_catalog.text::pg_catalog.int8 END), bool_or(a.attacl IS NOT NULL)
            OR v_with_privileges
    INTO v_parts, v_last, v_with_privileges
    FROM pg_attribute AS a
    WHERE a.attrelid = p_relation AND a.attnum > 0 AND v_kind <> 'S' AND (
        (age(a.xmin) <= 0 AND a.cmin::pg_catalog.text::pg_catalog.int8 > v_after) OR (p_is_whole AND NOT a.attisdropped));
    IF v_parts IS NOT NULL THEN
        o_definition := coalesce(o_definition || v_parts, v_parts);
        o_last := greatest(o_last, v_last);
    END IF;
    IF p_is_whole OR v_words LIKE ANY (ARRAY['%null%', '%constraint%', '%check%', '%primary%', '%unique%', '%references%',
        '%exclude%', '%type%', '%inherit%', '%partition%', '%like%', '%generated%', '%serial%',
        '%index%', '%cluster%', '%replica%']::pg_catalog._text) THEN
        SELECT jsonb_object_agg('constraint ' || o.oid, jsonb_build_array(1, o.conname, pg_get_constraintdef(o.oid),
                o.convalidated, o.contype, o.conislocal, o.coninhcount)),
            max(CASE WHEN age(o.xmin) <= 0 THEN o.cmin::pg_catalog.text::pg_catalog.int8 END)
        INTO v_parts, v_last
        FROM pg_constraint AS o
        WHERE o.conrelid = p_relation AND o.contype <> 't'
            AND (p_is_whole OR (age(o.xmin) <= 0 AND o.cmin::pg_catalog.text::pg_catalog.int8 > v_after));
        IF v_parts IS NOT NULL THEN
            o_definition := coalesce(o_definition || v_parts, v_parts);
            o_last := greatest(o_last, v_last);
        END IF;
        -- Few statements that have none of the words above change an index.
        SELECT jsonb_object_agg('index ' || i.indexrelid, jsonb_build_array(1, c.relname, pg_get_indexdef(i.indexrelid),
                i.indisvalid, i.indisprimary, i.indisunique, i.indisreplident, i.indisclustered,
                CASE WHEN c.reltablespace <> 0 THEN (SELECT t.spcname FROM pg_tablespace AS t WHERE t.oid = c.reltablespace) END)),
            max(greatest(CASE WHEN age(c.xmin) <= 0 THEN c.cmin::pg_catalog.text::pg_catalog.int8 END,
                CASE WHEN age(i.xmin) <= 0 THEN i.cmin::pg_catalog.text::pg_catalog.int8 END))
        INTO v_parts, v_last
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE i.indrelid = p_relation
            AND (p_is_whole OR (age(c.xmin) <= 0 AND c.cmin::pg_catalog.text::pg_catalog.int8 > v_after)
                OR (age(i.xmin) <= 0 AND i.cmin::pg_catalog.text::pg_catalog.int8 > v_after));
        IF v_parts IS NOT NULL THEN
            o_definition := coalesce(o_definition || v_parts, v_parts);
            o_last := greatest(o_last, v_last);
        END IF;
    END IF;
    IF v_with_privileges THEN
        SELECT array_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END)
        INTO o_grantees
        FROM (
            SELECT x.grantee FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS x WHERE c.oid = p_relation
            UNION ALL
            SELECT x.grantee FROM pg_attribute AS a CROSS JOIN LATERAL aclexplode(a.attacl) AS x
            WHERE a.attrelid = p_relation AND a.attacl IS NOT NULL
        ) AS g;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.relation_parts(pg_catalog.oid, pg_catalog.bool, pg_catalog.int8, pg_catalog.text) IS
    'What the present transaction changed of a relation, or the whole of it, as object_s stores it';
