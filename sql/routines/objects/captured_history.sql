-- Describes what a DDL command changed, for capture: rows as relation_parts and object_definition return them. The event trigger
-- calls relation_parts itself for the command that alters one relation without children.
--
-- p_catalogs, p_objects: what PostgreSQL reports at the command's end
-- p_types, p_identities: what else the command is about, where PostgreSQL reports no oids (GRANT, DETACH)
-- p_dropped: what sql_drop passed on: [catalog:oid, part, type, identity, name]; part NULL: the object; '': it was only touched.
--   Of one constraint alone it has the name of the table instead of catalog:oid
-- p_words: the statement in lower case; NULL: unknown
-- p_after: what this transaction wrote after this command id (cmin) is new; NULL: everything of the transaction
-- p_most: how many objects are described at most
-- o_rows: NULL: nothing that has a history
-- o_digest: over the hashes of all rows: the seal of the execution covers it, and so the rows
-- o_last: the last command id that was seen
-- o_pending: how many objects were left to maintain; NULL: none
-- o_sizes: rows and pages of the tables, by their identities
CREATE OR REPLACE FUNCTION script_tracking.captured_history(
    p_command_tag pg_catalog.text,
    p_catalogs pg_catalog.oid[],
    p_objects pg_catalog.oid[],
    p_types pg_catalog.text[],
    p_identities pg_catalog.text[],
    p_dropped pg_catalog.jsonb,
    p_words pg_catalog.text,
    p_after pg_catalog.int8,
    p_most pg_catalog.int4,
    p_redaction pg_catalog.text,
    OUT o_rows pg_catalog.jsonb,
    OUT o_digest pg_catalog.text,
    OUT o_last pg_catalog.int8,
    OUT o_pending pg_catalog.int4,
    OUT o_sizes pg_catalog.jsonb
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
-- PostgreSQL renders views, rules and bodies of functions only with locks on the tables in them, which another session can hold.
SET lock_timeout = '50ms'
AS $function$
DECLARE
    -- The text of other objects follows a name.
    v_is_renamed CONSTANT pg_catalog.bool := p_words IS NULL OR strpos(p_words, 'rename') > 0
        OR (strpos(p_words, 'schema') > 0 AND p_words ~ $re$\mset\s+schema\M$re$);
    v_is_whole CONSTANT pg_catalog.bool := (p_command_tag IN ('ALTER TABLE', 'REINDEX')
        AND strpos(p_words, 'concurrently') > 0) OR (v_is_renamed AND p_words IS NOT NULL);
    v_catalogs pg_catalog.oid[] := p_catalogs;
    v_objects pg_catalog.oid[] := p_objects;
    -- A table without children, or a column of it (its number; -1: the table itself), has another name and nothing else.
    v_renamed pg_catalog.int4;
    -- Everything is described of what the command is about.
    v_describes_all pg_catalog.bool := v_is_whole;
    -- Only new relations, and the parts of these.
    v_is_creation pg_catalog.bool := false;
    -- One object and no other: then owner and part are known without a search.
    v_is_plain pg_catalog.bool := false;
    v_owner pg_catalog.oid;
    v_named pg_catalog.oid[];
    v_lost pg_catalog.jsonb;
    v_object record;
    v_parts record;
    v_row pg_catalog.jsonb;
    v_rows pg_catalog.jsonb[] := '{}';
    -- Rendering needs locks that the command does not hold, or failed for such an object.
    v_is_risky pg_catalog.bool;
    v_has_failed pg_catalog.bool := false;
BEGIN
    IF p_dropped #>> '{0,1}' LIKE 'constraint %' AND p_dropped #>> '{0,0}' NOT LIKE 'pg_class:%' THEN
        p_dropped := (SELECT jsonb_set(p_dropped, '{0,0}', to_jsonb('pg_class:' || c.oid))
            FROM pg_namespace AS n
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = split_part(p_dropped #>> '{0,0}', '.', 2)::pg_catalog.name
            WHERE n.nspname = split_part(p_dropped #>> '{0,0}', '.', 1)::pg_catalog.name);
    END IF;
    IF p_command_tag = 'COMMENT' THEN
        FOR v_object IN
            SELECT d.classid, d.objid, d.objsubid FROM pg_event_trigger_ddl_commands() AS d
        LOOP
            CASE WHEN v_object.classid = 1259 THEN
                v_owner := (SELECT coalesce(i.indrelid, c.oid) FROM pg_class AS c
                    LEFT JOIN pg_index AS i ON i.indexrelid = c.oid WHERE c.oid = v_object.objid);
            WHEN v_object.classid IN (2606, 2620, 3256, 2618) THEN
                v_owner := (SELECT o.object FROM script_tracking.owner_of_part(v_object.classid, v_object.objid) AS o
                    WHERE o.catalog = 1259);
            ELSE
                v_owner := NULL;
            END CASE;
            IF v_owner IS NOT NULL THEN
                v_parts := script_tracking.relation_parts(v_owner, false, 2147483648, '', NULL, NULL,
                    script_tracking.relation_comment(v_owner, v_object.classid, v_object.objid, v_object.objsubid), 'captured',
                    p_redaction);
                v_row := CASE WHEN v_parts.o_definition IS NOT NULL THEN
                    jsonb_build_array(v_parts.o_object_bk, v_parts.o_type, v_parts.o_identity, 'captured',
                    to_jsonb(v_parts.o_grantees), v_parts.o_definition, encode(v_parts.o_hash, 'hex')) END;
            ELSE
                BEGIN
                    v_row := script_tracking.object_definition(v_object.classid, v_object.objid, 'captured', p_redaction);
                EXCEPTION
                    WHEN serialization_failure THEN
                        RAISE;
                    WHEN OTHERS THEN
                        v_row := NULL;
                        o_pending := coalesce(o_pending, 0) + 1;
                END;
            END IF;
            IF v_row IS NOT NULL THEN
                v_rows := v_rows || v_row;
            END IF;
        END LOOP;
        v_is_plain := true;
        v_owner := NULL;
    END IF;
    IF p_command_tag = 'ALTER DEFAULT PRIVILEGES' THEN
        -- It comes without oids.
        SELECT array_agg(826::pg_catalog.oid), array_agg(d.oid) INTO v_catalogs, v_objects
        FROM pg_default_acl AS d WHERE age(d.xmin) <= 0 AND d.cmin::pg_catalog.text::pg_catalog.int8 > coalesce(p_after, -1);
    END IF;
    IF p_command_tag IN ('GRANT', 'REVOKE', 'DROP OWNED')
        -- ATTACH and DETACH: the event names the parent only.
        OR (p_command_tag IN ('ALTER TABLE', 'ALTER INDEX') AND (strpos(p_words, 'tach') > 0) IS NOT FALSE) THEN
        -- GRANT comes without oids.
        SELECT array_remove(v_catalogs, NULL) || array_agg(n.catalog), array_remove(v_objects, NULL) || array_agg(n.object)
        INTO v_catalogs, v_objects
        FROM script_tracking.named_objects(p_types, p_identities) AS n;
    END IF;
    -- Parts that one table without children lost: of a drop of the whole object, or of what another object had, nothing here.
    IF p_command_tag = 'ALTER TABLE' AND cardinality(v_objects) = 1 AND v_catalogs[1] = 1259 AND NOT v_is_renamed
        AND p_words NOT LIKE ALL (ARRAY['%owner%', '%type%', '%inherit%', '%partition%', '%column%', '%cascade%']::pg_catalog._text) THEN
        SELECT jsonb_object_agg(d.value ->> 1, d.value -> 4)
        INTO v_lost
        FROM jsonb_array_elements(p_dropped) AS d
        HAVING bool_and(d.value ->> 1 LIKE 'constraint %' AND d.value ->> 0 = 'pg_class:' || v_objects[1]);
    END IF;
    IF p_command_tag = 'DROP INDEX' AND coalesce(cardinality(v_objects), 0) = 0 THEN
        SELECT jsonb_object_agg(d.value ->> 1, d.value -> 4), '{1259}', ARRAY[split_part(max(d.value ->> 0), ':', 2)::pg_catalog.oid]
        INTO v_lost, v_catalogs, v_objects
        FROM jsonb_array_elements(p_dropped) AS d
        HAVING bool_and(d.value ->> 1 LIKE 'index %') AND min(d.value ->> 0) = max(d.value ->> 0);
    END IF;
    IF p_dropped IS NULL OR v_lost IS NOT NULL THEN
        IF cardinality(v_objects) = 1 AND v_objects[1] IS NOT NULL AND NOT v_is_plain AND NOT v_is_renamed
            AND p_words NOT LIKE ALL (ARRAY['%owner%', '%type%', '%inherit%', '%partition%', '%set%logged%']::pg_catalog._text) THEN
            IF v_catalogs[1] = 1259 THEN
                SELECT t.oid, CASE WHEN i.indexrelid IS NOT NULL THEN ARRAY[i.indexrelid] END, NOT t.relhassubclass AND t.relkind <> 'S'
                INTO v_owner, v_named, v_is_plain
                FROM pg_class AS c
                LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
                JOIN pg_class AS t ON t.oid = coalesce(i.indrelid, c.oid)
                WHERE c.oid = v_objects[1];
            ELSIF v_catalogs[1] IN (1255, 2615, 3381, 1417, 2328, 3079) THEN
                v_owner := v_objects[1];
                v_is_plain := true;
            END IF;
            v_is_plain := coalesce(v_is_plain, false);
        END IF;
    ELSIF coalesce(cardinality(v_objects), 0) = 0 THEN
        -- Whole objects were dropped, and nothing else.
        v_is_plain := (SELECT bool_and(d.value ->> 1 IS NULL) FROM jsonb_array_elements(p_dropped) AS d);
    END IF;
    IF p_dropped IS NULL AND v_is_renamed AND p_command_tag = 'ALTER TABLE' AND cardinality(v_objects) = 1 AND v_catalogs[1] = 1259 THEN
        -- Names are found in the catalogs: the word COLUMN may be left out.
        SELECT CASE WHEN age(c.xmin) <= 0 AND c.cmin::pg_catalog.text::pg_catalog.int8 > p_after
            THEN CASE WHEN a.columns IS NULL THEN -1 END
            ELSE CASE WHEN cardinality(a.columns) = 1 THEN a.columns[1] END END
        INTO v_renamed
        FROM pg_class AS c
        CROSS JOIN (
            SELECT array_agg(a.attnum) AS columns FROM pg_attribute AS a
            WHERE a.attrelid = v_objects[1] AND a.attnum > 0 AND age(a.xmin) <= 0
                AND a.cmin::pg_catalog.text::pg_catalog.int8 > p_after) AS a
        WHERE c.oid = v_objects[1] AND c.relkind = 'r' AND NOT c.relhassubclass AND NOT c.relispartition
            -- Its sequences move with it, and are in defaults by name.
            AND NOT ((strpos(p_words, 'schema') > 0) IS NOT FALSE AND EXISTS (SELECT FROM pg_depend AS d
                WHERE d.refclassid = 1259 AND d.refobjid = c.oid AND d.classid = 1259 AND d.deptype = 'a' AND d.refobjsubid > 0));
        IF v_renamed > 0 THEN
            v_describes_all := false;
            SELECT array_agg(x.part) FILTER (WHERE x.part <> 0), bool_or(x.is_generated)
            INTO v_named, v_describes_all
            FROM pg_depend AS d
            CROSS JOIN LATERAL (
                SELECT d.objid AS part, d.classid = 2604 AND NOT EXISTS (SELECT FROM pg_attrdef AS f
                    WHERE f.oid = d.objid AND f.adnum = v_renamed) AS is_generated
                UNION ALL
                SELECT o.conindid, false FROM pg_constraint AS o WHERE d.classid = 2606 AND o.oid = d.objid) AS x
            WHERE d.refclassid = 1259 AND d.refobjid = v_objects[1] AND d.refobjsubid = v_renamed;
            v_describes_all := coalesce(v_describes_all, false);
            v_named := coalesce(v_named, '{}');
        END IF;
        IF v_renamed IS NOT NULL AND EXISTS (SELECT FROM pg_description AS b
            WHERE b.objoid = v_objects[1] AND b.classoid = 1259 AND b.objsubid = greatest(v_renamed, 0)) THEN
            v_lost := script_tracking.relation_comment(v_objects[1], 1259, v_objects[1], greatest(v_renamed, 0));
        END IF;
    ELSIF p_dropped IS NULL AND p_command_tag = 'CREATE TABLE' AND NOT v_is_plain THEN
        -- Also the sequences of serial columns and the indexes of keys.
        v_is_creation := p_words NOT LIKE ALL (ARRAY['%owner%', '%inherit%', '%partition%', '%rename%', '%schema%']::pg_catalog._text)
            AND v_catalogs <@ '{1259}';
        v_is_creation := coalesce(v_is_creation, false);
    END IF;
    IF v_is_creation THEN
        FOR v_owner IN SELECT c.oid FROM pg_class AS c WHERE c.oid = ANY (v_objects) AND c.relkind NOT IN ('i', 'I', 't') LOOP
            IF cardinality(v_rows) >= p_most THEN
                o_pending := coalesce(o_pending, 0) + 1;
                CONTINUE;
            END IF;
            v_parts := script_tracking.relation_parts(v_owner, false, p_after, p_words, NULL, NULL, NULL, 'captured', p_redaction);
            o_last := greatest(o_last, v_parts.o_last);
            IF v_parts.o_definition IS NOT NULL THEN
                v_rows := v_rows || jsonb_build_array(v_parts.o_object_bk, v_parts.o_type, v_parts.o_identity, 'captured',
                    to_jsonb(v_parts.o_grantees), v_parts.o_definition, encode(v_parts.o_hash, 'hex'));
            END IF;
        END LOOP;
    ELSIF v_owner IS NOT NULL OR NOT v_is_plain THEN
        FOR v_object IN
            SELECT v_catalogs[1] AS catalog, v_owner AS object, 'captured' AS cause, v_named AS named, NULL::pg_catalog.int4 AS attribute,
                v_lost AS dropped
            WHERE v_is_plain AND v_owner IS NOT NULL
            UNION ALL
            SELECT 1259, v_objects[1], 'captured', v_named, CASE WHEN v_renamed < 0 THEN -1 END, v_lost
            WHERE v_renamed IS NOT NULL
            UNION ALL
            SELECT f.catalog, f.object, 'follows', f.named, f.attribute, NULL
            FROM script_tracking.renamed_followers(v_objects[1], nullif(v_renamed, -1)) AS f
            WHERE v_renamed IS NOT NULL
            UNION ALL
            SELECT o.catalog, o.object, o.cause, o.named, o.attribute, o.dropped
            FROM script_tracking.touched_objects(p_command_tag, v_catalogs, v_objects, p_dropped, v_is_renamed,
                v_is_renamed OR p_words LIKE ANY (ARRAY['%owner%', '%type%', '%set%logged%'])) AS o
            WHERE NOT v_is_plain AND v_renamed IS NULL
        LOOP
            v_is_risky := (p_command_tag IN ('GRANT', 'REVOKE') AND 'table column' = ANY (p_types))
                OR v_object.cause = 'follows' OR v_object.catalog = 6104 OR v_renamed IS NOT NULL
                OR (coalesce(v_describes_all, false) AND v_object.catalog = 1259);
            IF v_object.catalog = 1255 AND NOT v_is_risky THEN
                v_is_risky := (SELECT p.prosqlbody IS NOT NULL FROM pg_proc AS p WHERE p.oid = v_object.object);
            END IF;
            IF cardinality(v_rows) >= p_most OR (v_is_risky AND v_has_failed) THEN
                o_pending := coalesce(o_pending, 0) + 1;
                CONTINUE;
            END IF;
            IF v_is_risky THEN
                -- The block writes nothing, so it takes no subtransaction id.
                BEGIN
                    IF v_object.catalog = 1259 THEN
                        v_parts := script_tracking.relation_parts(v_object.object,
                            v_describes_all OR (v_object.cause = 'follows' AND v_object.named IS NULL), p_after,
                            CASE WHEN v_object.cause = 'captured' AND v_object.dropped IS NULL THEN p_words END, v_object.named,
                            v_object.attribute, v_object.dropped, v_object.cause, p_redaction);
                    ELSE
                        v_row := script_tracking.object_definition(v_object.catalog, v_object.object, v_object.cause, p_redaction);
                    END IF;
                EXCEPTION
                    WHEN serialization_failure THEN
                        RAISE;
                    WHEN OTHERS THEN
                        v_has_failed := true;
                        o_pending := coalesce(o_pending, 0) + 1;
                        CONTINUE;
                END;
            ELSIF v_object.catalog = 1259 THEN
                v_parts := script_tracking.relation_parts(v_object.object, v_describes_all, p_after,
                    CASE WHEN v_is_plain OR (v_object.cause = 'captured' AND v_object.dropped IS NULL) THEN p_words END, v_object.named,
                    v_object.attribute, v_object.dropped, v_object.cause, p_redaction);
            ELSE
                v_row := script_tracking.object_definition(v_object.catalog, v_object.object, v_object.cause, p_redaction);
            END IF;
            IF v_object.catalog = 1259 THEN
                v_row := CASE WHEN v_parts.o_definition IS NOT NULL THEN
                    jsonb_build_array(v_parts.o_object_bk, v_parts.o_type, v_parts.o_identity, v_object.cause,
                    to_jsonb(v_parts.o_grantees), v_parts.o_definition, encode(v_parts.o_hash, 'hex')) END;
                o_last := greatest(o_last, v_parts.o_last);
                -- The size is read with a lock on the table: only where the command has one.
                IF v_parts.o_size IS NOT NULL AND v_object.cause = 'captured' AND p_command_tag NOT IN ('GRANT', 'REVOKE', 'DROP OWNED')
                    AND (v_object.object = ANY (v_objects) OR v_object.named IS NOT NULL OR v_object.dropped IS NOT NULL) THEN
                    o_sizes := coalesce(o_sizes, '{}') || jsonb_build_object(v_parts.o_identity,
                        v_parts.o_size || to_jsonb(pg_relation_size(v_object.object)));
                END IF;
            END IF;
            IF v_row IS NOT NULL THEN
                v_rows := v_rows || v_row;
            END IF;
        END LOOP;
    END IF;
    IF p_dropped IS NOT NULL THEN
        -- The mark of captured_dropped: not all is known.
        IF p_dropped @> '[["pg_class:0"]]' THEN
            o_pending := coalesce(o_pending, 0) + 1;
        END IF;
        v_rows := v_rows || ARRAY(
            SELECT h.value || to_jsonb(encode(sha256(convert_to(h.value::pg_catalog.text,
                CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)), 'hex'))
            FROM jsonb_array_elements(p_dropped) AS d
            CROSS JOIN LATERAL (SELECT jsonb_build_array(
                'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':' || (d.value ->> 0), d.value -> 2, d.value -> 3,
                'captured', NULL, '{"object": null}'::pg_catalog.jsonb) AS value) AS h
            WHERE d.value ->> 1 IS NULL);
    END IF;
    IF v_rows <> '{}' THEN
        o_rows := to_jsonb(v_rows);
        IF cardinality(v_rows) = 1 THEN
            o_digest := encode(sha256(decode(v_rows[1] ->> 6, 'hex')), 'hex');
            RETURN;
        END IF;
        o_digest := (SELECT encode(sha256(string_agg(decode(r.value ->> 6, 'hex'), '' ORDER BY (r.value ->> 0) COLLATE "C")), 'hex')
            FROM unnest(v_rows) AS r (value));
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_history(pg_catalog.text, pg_catalog.oid[], pg_catalog.oid[], pg_catalog.text[],
    pg_catalog.text[], pg_catalog.jsonb, pg_catalog.text, pg_catalog.int8, pg_catalog.int4, pg_catalog.text) IS
    'What a DDL command changed, as capture writes it to object_s';
