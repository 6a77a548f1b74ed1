-- Describes what the present transaction changed of a relation, for capture, or the whole of it. Rows of the catalogs
-- that this transaction wrote have an xmin of its own; cmin tells those of its later commands (docs/object-history.md).
-- Rendering a definition takes much time, finding that nothing changed takes little. So which catalogs are read at all depends on the
-- words of the statement.
--
-- p_is_whole: everything, whoever wrote it
-- p_after: what a later command than this one wrote (cmin); NULL: all commands of the transaction
-- p_words: the statement in lower case; NULL: it is unknown, and every catalog is read
-- p_named: parts that are described whoever wrote them, by their oids
-- p_column: a column of which the same is true; -1: of the whole relation, columns are described only if this transaction wrote them
-- p_dropped: parts that were dropped, with their names
-- p_cause, p_redaction: as they are stored, and the setting redaction.mode
-- o_identity: NULL: the relation has no history, or it is an index
-- o_definition: NULL: nothing changed
-- o_size: rows and pages, as the catalog has them; NULL: it knows of none
-- o_last: the last command that wrote anything of it; NULL: none
CREATE OR REPLACE FUNCTION script_tracking.relation_parts(
    p_relation pg_catalog.oid,
    p_is_whole pg_catalog.bool,
    p_after pg_catalog.int8,
    p_words pg_catalog.text,
    p_named pg_catalog.oid[],
    p_column pg_catalog.int4,
    p_dropped pg_catalog.jsonb,
    p_cause pg_catalog.text,
    p_redaction pg_catalog.text,
    OUT o_object_bk pg_catalog.text,
    OUT o_type pg_catalog.text,
    OUT o_identity pg_catalog.text,
    OUT o_grantees pg_catalog.name[],
    OUT o_definition pg_catalog.jsonb,
    OUT o_hash pg_catalog.bytea,
    OUT o_last pg_catalog.int8,
    OUT o_has_children pg_catalog.bool,
    OUT o_size pg_catalog.jsonb
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- Constants are rendered as these say, and a session may have others.
SET "DateStyle" = 'ISO, YMD'
SET "IntervalStyle" = 'postgres'
SET "TimeZone" = 'UTC'
SET bytea_output = 'hex'
SET extra_float_digits = 1
AS $function$
DECLARE
    v_after CONSTANT pg_catalog.int8 := coalesce(p_after, -1);
    v_is_all CONSTANT pg_catalog.bool := p_is_whole OR p_words IS NULL OR p_named IS NOT NULL;
    v_kind pg_catalog."char";
    v_last pg_catalog.int8;
    v_with_privileges pg_catalog.bool := false;
    v_with_column_privileges pg_catalog.bool;
    v_with_identity pg_catalog.bool;
    v_parts pg_catalog.jsonb;
    v_text pg_catalog.text;
    v_is_new pg_catalog.bool;
    -- A partition, a child, or not where and how tables usually are stored.
    v_is_special pg_catalog.bool;
BEGIN
    -- What a query could do for few commands only is in a query of its own: each function and subquery is set up for every command.
    SELECT c.relkind, c.relnamespace::pg_catalog.regnamespace::pg_catalog.text || '.' || quote_ident(c.relname),
        CASE WHEN age(c.xmin) <= 0 THEN c.cmin::pg_catalog.text::pg_catalog.int8 END, c.relhassubclass,
        CASE WHEN c.relpages > 0 THEN jsonb_build_array(c.reltuples, c.relpages) END,
        c.relkind = 'p' OR c.relispartition OR c.reltablespace <> 0 OR c.relam NOT IN (0, 2) OR c.reloftype <> 0
            OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = p_relation)
    INTO v_kind, o_identity, v_last, o_has_children, o_size, v_is_special
    FROM pg_class AS c
    WHERE c.oid = p_relation AND c.relkind NOT IN ('t', 'i', 'I') AND c.relpersistence <> 't';
    IF v_kind IS NULL OR starts_with(o_identity, 'script_tracking.') THEN
        o_identity := NULL;
        o_size := NULL;
        RETURN;
    END IF;
    v_is_new := v_last > v_after;
    IF v_is_new THEN
        o_last := v_last;
    END IF;
    -- NO INHERIT writes no row of pg_class.
    IF v_is_new OR p_is_whole OR strpos(coalesce(p_words, 'inherit'), 'inherit') > 0 THEN
        IF v_is_special THEN
            -- A bound has no columns in it; with the table, PostgreSQL would lock it, which GRANT does not.
            SELECT jsonb_build_object('relation', jsonb_build_array(1, c.relname, n.nspname, pg_get_userbyid(c.relowner), c.relkind,
                    c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl::pg_catalog.text[],
                    c.relreplident, CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, 0) END,
                    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
                    (SELECT jsonb_agg(i.inhparent::pg_catalog.regclass::pg_catalog.text ORDER BY i.inhseqno) FROM pg_inherits AS i
                        WHERE i.inhrelid = c.oid),
                    CASE WHEN c.reltablespace <> 0 THEN (SELECT t.spcname FROM pg_tablespace AS t WHERE t.oid = c.reltablespace) END,
                    CASE WHEN c.relam NOT IN (0, 2) THEN (SELECT m.amname FROM pg_am AS m WHERE m.oid = c.relam) END,
                    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END)), c.relacl IS NOT NULL
            INTO o_definition, v_with_privileges
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.oid = p_relation;
        ELSE
            SELECT jsonb_build_object('relation', jsonb_build_array(1, c.relname, n.nspname, pg_get_userbyid(c.relowner), c.relkind,
                    c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl, c.relreplident,
                    NULL, NULL, NULL, NULL, NULL, NULL)), c.relacl IS NOT NULL
            INTO o_definition, v_with_privileges
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.oid = p_relation;
        END IF;
    END IF;
    IF v_kind <> 'S' THEN
        -- A default is rendered without its table, unless it is that of a generated column: with it, the names of all
        -- columns are prepared for each.
        SELECT jsonb_object_agg('column ' || a.attnum, CASE WHEN a.attisdropped THEN 'null'::pg_catalog.jsonb
                ELSE jsonb_build_array(1, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                    CASE WHEN a.atthasdef THEN (SELECT pg_get_expr(d.adbin,
                            CASE a.attgenerated WHEN '' THEN 0::pg_catalog.oid ELSE d.adrelid END)
                        FROM pg_attrdef AS d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END,
                    a.attidentity, a.attgenerated,
                    -- 19: the type name, whose collation is 950.
                    CASE WHEN a.attcollation NOT IN (0, 100) AND a.atttypid <> 19
                        THEN a.attcollation::pg_catalog.regcollation::pg_catalog.text END,
                    a.attstorage, a.attcompression,
                    -- An older release left a key there that no other version accepts.
                    CASE WHEN a.attoptions IS NOT NULL THEN jsonb_path_query_array(to_jsonb(a.attoptions),
                        '$[*] ? (!(@ starts with "pg_attver="))') END,
                    a.attacl::pg_catalog.text[], a.attislocal, a.attinhcount, nullif(a.attstattarget, -1),
                    CASE WHEN a.attfdwoptions IS NOT NULL THEN script_tracking.shown_options(a.attfdwoptions) END) END),
            max(CASE WHEN age(a.xmin) <= 0 THEN a.cmin::pg_catalog.text::pg_catalog.int8 END), bool_or(a.attacl IS NOT NULL),
            bool_or(a.attidentity <> '')
        INTO v_parts, v_last, v_with_column_privileges, v_with_identity
        FROM pg_attribute AS a
        WHERE a.attrelid = p_relation AND a.attnum > 0 AND (
            (age(a.xmin) <= 0 AND a.cmin::pg_catalog.text::pg_catalog.int8 > v_after)
            OR (a.attnum = coalesce(p_column, CASE WHEN p_is_whole THEN a.attnum END) AND NOT a.attisdropped));
        IF v_parts IS NOT NULL THEN
            IF v_with_identity THEN
                -- An identity's sequence is a part of its column: sql_drop is not told when it goes.
                SELECT v_parts || jsonb_object_agg(k.key, (v_parts -> k.key) || jsonb_build_array(jsonb_build_array(
                    q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle)))
                INTO v_parts
                FROM pg_depend AS d
                JOIN pg_sequence AS q ON q.seqrelid = d.objid
                CROSS JOIN LATERAL (SELECT 'column ' || d.refobjsubid AS key) AS k
                WHERE d.refclassid = 1259 AND d.refobjid = p_relation AND d.classid = 1259 AND d.deptype = 'i'
                    AND v_parts ? k.key AND v_parts -> k.key <> 'null';
            END IF;
            o_definition := coalesce(o_definition || v_parts, v_parts);
            o_last := greatest(o_last, v_last);
        END IF;
    ELSE
        -- A sequence without a row here is the identity of a column.
        SELECT jsonb_build_object('definition', jsonb_build_object('name', s.relname, 'type', format_type(q.seqtypid, NULL),
            'start', q.seqstart, 'increment', q.seqincrement, 'minimum', q.seqmin, 'maximum', q.seqmax, 'cache', q.seqcache,
            'cycle', q.seqcycle, 'owned_by', (
                SELECT p.refobjid::pg_catalog.regclass::pg_catalog.text || '.' || quote_ident(a.attname)
                FROM pg_depend AS p JOIN pg_attribute AS a ON a.attrelid = p.refobjid AND a.attnum = p.refobjsubid
                WHERE p.classid = 1259 AND p.objid = s.oid AND p.refclassid = 1259 AND p.deptype = 'a')))
        INTO v_parts
        FROM pg_class AS s JOIN pg_sequence AS q ON q.seqrelid = s.oid
        WHERE s.oid = p_relation AND NOT EXISTS (SELECT FROM pg_depend AS p
            WHERE p.classid = 1259 AND p.objid = s.oid AND p.refclassid = 1259 AND p.deptype = 'i');
        IF v_parts IS NULL THEN
            o_identity := NULL;
            o_size := NULL;
            o_definition := NULL;
            RETURN;
        END IF;
        o_definition := coalesce(o_definition || v_parts, v_parts);
    END IF;
    -- Most commands have none of these words, and are done.
    IF v_is_all OR p_words LIKE ANY (ARRAY['%null%', '%constraint%', '%check%', '%primary%', '%unique%', '%references%',
        '%exclude%', '%type%', '%inherit%', '%partition%', '%like%', '%generated%', '%serial%', '%index%', '%cluster%',
        '%replica%', '%policy%', '%trigger%', '%rule%', '%view%', '%foreign%']::pg_catalog._text) THEN
        IF v_kind IN ('v', 'm') OR v_is_all OR strpos(p_words, 'rule') > 0 THEN
            SELECT jsonb_object_agg(CASE r.rulename WHEN '_RETURN' THEN 'definition' ELSE 'rule ' || r.oid END,
                    CASE r.rulename WHEN '_RETURN' THEN jsonb_build_object('name', c.relname, 'definition', pg_get_viewdef(r.ev_class))
                        ELSE jsonb_build_array(1, r.rulename, pg_get_ruledef(r.oid), r.ev_enabled) END),
                max(CASE WHEN age(r.xmin) <= 0 THEN r.cmin::pg_catalog.text::pg_catalog.int8 END)
            INTO v_parts, v_last
            FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
            WHERE r.ev_class = p_relation AND (p_is_whole OR r.oid = ANY (p_named)
                OR (age(r.xmin) <= 0 AND r.cmin::pg_catalog.text::pg_catalog.int8 > v_after));
            IF v_parts IS NOT NULL THEN
                o_definition := coalesce(o_definition || v_parts, v_parts);
                o_last := greatest(o_last, v_last);
            END IF;
        END IF;
        IF v_kind = 'f' THEN
            SELECT jsonb_build_object('definition', jsonb_build_object('name', c.relname, 'server', s.srvname,
                'options', script_tracking.shown_options(f.ftoptions)))
            INTO v_parts
            FROM pg_foreign_table AS f JOIN pg_foreign_server AS s ON s.oid = f.ftserver JOIN pg_class AS c ON c.oid = f.ftrelid
            WHERE f.ftrelid = p_relation;
            o_definition := coalesce(o_definition || v_parts, v_parts, o_definition);
        END IF;
        IF v_kind NOT IN ('S', 'v', 'c') THEN
            IF v_is_all OR p_words LIKE ANY (ARRAY['%null%', '%constraint%', '%check%', '%primary%', '%unique%', '%references%',
                '%exclude%', '%type%', '%inherit%', '%partition%', '%like%', '%generated%', '%serial%']::pg_catalog._text) THEN
                SELECT jsonb_object_agg('constraint ' || o.oid, jsonb_build_array(1, o.conname, pg_get_constraintdef(o.oid),
                        o.convalidated, o.contype, o.conislocal, o.coninhcount)),
                    max(CASE WHEN age(o.xmin) <= 0 THEN o.cmin::pg_catalog.text::pg_catalog.int8 END)
                INTO v_parts, v_last
                FROM pg_constraint AS o
                WHERE o.conrelid = p_relation AND o.contype <> 't' AND (p_is_whole OR o.oid = ANY (p_named)
                    OR (age(o.xmin) <= 0 AND o.cmin::pg_catalog.text::pg_catalog.int8 > v_after));
                IF v_parts IS NOT NULL THEN
                    o_definition := coalesce(o_definition || v_parts, v_parts);
                    o_last := greatest(o_last, v_last);
                END IF;
            END IF;
            IF v_is_all OR p_words LIKE ANY (ARRAY['%index%', '%primary%', '%unique%', '%exclude%', '%cluster%', '%replica%', '%type%',
                '%inherit%', '%partition%', '%like%']::pg_catalog._text) THEN
                SELECT jsonb_object_agg('index ' || i.indexrelid, jsonb_build_array(1, c.relname, pg_get_indexdef(i.indexrelid),
                        i.indisvalid, i.indisprimary, i.indisunique, i.indisreplident, i.indisclustered,
                        CASE WHEN c.reltablespace <> 0 THEN (SELECT t.spcname FROM pg_tablespace AS t
                            WHERE t.oid = c.reltablespace) END)),
                    max(greatest(CASE WHEN age(c.xmin) <= 0 THEN c.cmin::pg_catalog.text::pg_catalog.int8 END,
                        CASE WHEN age(i.xmin) <= 0 THEN i.cmin::pg_catalog.text::pg_catalog.int8 END))
                INTO v_parts, v_last
                FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
                WHERE i.indrelid = p_relation AND (p_is_whole OR c.oid = ANY (p_named)
                    OR (age(c.xmin) <= 0 AND c.cmin::pg_catalog.text::pg_catalog.int8 > v_after)
                    OR (age(i.xmin) <= 0 AND i.cmin::pg_catalog.text::pg_catalog.int8 > v_after));
                IF v_parts IS NOT NULL THEN
                    o_definition := coalesce(o_definition || v_parts, v_parts);
                    o_last := greatest(o_last, v_last);
                END IF;
            END IF;
            IF v_is_all OR p_words LIKE ANY (ARRAY['%policy%', '%partition%', '%inherit%']::pg_catalog._text) THEN
                SELECT jsonb_object_agg('policy ' || p.oid, jsonb_build_array(1, p.polname, p.polcmd, p.polpermissive,
                        ARRAY(SELECT CASE r.role WHEN 0 THEN 'public' ELSE pg_get_userbyid(r.role) END FROM unnest(p.polroles) AS r (role)),
                        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))),
                    max(CASE WHEN age(p.xmin) <= 0 THEN p.cmin::pg_catalog.text::pg_catalog.int8 END)
                INTO v_parts, v_last
                FROM pg_policy AS p
                WHERE p.polrelid = p_relation AND (p_is_whole OR p.oid = ANY (p_named)
                    OR (age(p.xmin) <= 0 AND p.cmin::pg_catalog.text::pg_catalog.int8 > v_after));
                IF v_parts IS NOT NULL THEN
                    o_definition := coalesce(o_definition || v_parts, v_parts);
                    o_last := greatest(o_last, v_last);
                END IF;
            END IF;
        END IF;
        IF v_is_all OR p_words LIKE ANY (ARRAY['%trigger%', '%partition%', '%inherit%']::pg_catalog._text) THEN
            SELECT jsonb_object_agg('trigger ' || t.oid, jsonb_build_array(1, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled)),
                max(CASE WHEN age(t.xmin) <= 0 THEN t.cmin::pg_catalog.text::pg_catalog.int8 END)
            INTO v_parts, v_last
            FROM pg_trigger AS t
            WHERE t.tgrelid = p_relation AND NOT t.tgisinternal AND (p_is_whole OR t.oid = ANY (p_named)
                OR (age(t.xmin) <= 0 AND t.cmin::pg_catalog.text::pg_catalog.int8 > v_after));
            IF v_parts IS NOT NULL THEN
                o_definition := coalesce(o_definition || v_parts, v_parts);
                o_last := greatest(o_last, v_last);
            END IF;
        END IF;
    END IF;
    -- The comments on what only mentions a name that changed have not.
    IF p_is_whole AND p_column IS NULL THEN
        v_parts := script_tracking.relation_comments(p_relation);
        o_definition := coalesce(o_definition || v_parts, o_definition);
    END IF;
    IF p_dropped IS NOT NULL THEN
        o_definition := coalesce(o_definition || p_dropped, p_dropped);
    END IF;
    IF o_definition IS NULL THEN
        RETURN;
    END IF;
    IF v_with_privileges OR v_with_column_privileges THEN
        SELECT array_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END)
        INTO o_grantees
        FROM (
            SELECT x.grantee FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS x WHERE c.oid = p_relation
            UNION ALL
            SELECT x.grantee FROM pg_attribute AS a CROSS JOIN LATERAL aclexplode(a.attacl) AS x
            WHERE a.attrelid = p_relation AND a.attacl IS NOT NULL
        ) AS g;
    END IF;
    -- The incarnation of the database comes first: a restore and pg_upgrade change it, and with it the oids of objects.
    o_object_bk := 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':pg_class:' || p_relation;
    IF p_redaction <> 'none' THEN
        v_text := o_definition;
        -- Most definitions have no quotes but those of the names of sequences, and no escapes but line breaks.
        IF strpos(v_text, '''') = strpos(v_text, 'nextval(''') + 8 THEN
            v_text := replace(replace(v_text, 'nextval(''', ''), '''::regclass)', '');
        END IF;
        IF replace(v_text, $l$\n$l$, ' ') LIKE ANY (ARRAY['%''%', '%$%', $l$%\\%$l$, '%comment %']) THEN
            o_definition := script_tracking.redact_definition(o_definition, p_redaction, o_identity, o_object_bk,
                -- LIKE copies the defaults of a table that no catalog names any more.
                CASE WHEN p_words LIKE 'create%like%including%' THEN 'any' END);
        END IF;
    END IF;
    o_type := CASE v_kind WHEN 'r' THEN 'table' WHEN 'p' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
        WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' ELSE 'composite type' END;
    o_hash := sha256(convert_to(jsonb_build_array(o_object_bk, o_type, o_identity, p_cause, o_grantees, o_definition)
        ::pg_catalog.text, CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END));
END
$function$;

COMMENT ON FUNCTION script_tracking.relation_parts(pg_catalog.oid, pg_catalog.bool, pg_catalog.int8, pg_catalog.text,
    pg_catalog.oid[], pg_catalog.int4, pg_catalog.jsonb, pg_catalog.text, pg_catalog.text) IS
    'What the present transaction changed of a relation, or the whole of it, as object_s stores it';
