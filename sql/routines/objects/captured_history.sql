-- Describes what a DDL command changed, for capture: one row an object, as [catalog:oid, type, identity, cause, grantees,
-- definition, hash]. NULL: nothing that has a history.
--
-- p_catalogs, p_objects: what PostgreSQL reports at the command's end
-- p_dropped: what sql_drop passed on: [catalog:oid, part, type, identity, name]; part NULL: the object, '': it was only touched
-- p_words: the statement in lower case; NULL: unknown
-- p_after: what this transaction wrote after this command id (cmin) is new; NULL: everything of the transaction
-- p_most: how many objects are described at most
-- o_digest: over the hashes of all rows: the seal of the execution covers it, and so the rows
-- o_last: the last command id that was seen
-- o_pending: how many objects were left to maintain; NULL: none
CREATE OR REPLACE FUNCTION script_tracking.captured_history(
    p_command_tag pg_catalog.text,
    p_catalogs pg_catalog.oid[],
    p_objects pg_catalog.oid[],
    p_dropped pg_catalog.jsonb,
    p_words pg_catalog.text,
    p_after pg_catalog.int8,
    p_most pg_catalog.int4,
    OUT o_rows pg_catalog.jsonb,
    OUT o_digest pg_catalog.text,
    OUT o_last pg_catalog.int8,
    OUT o_pending pg_catalog.int4
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_is_whole CONSTANT pg_catalog.bool := strpos(p_words, 'concurrently') > 0;
    v_place pg_catalog.int4;
    v_found record;
    v_parts record;
    v_relations pg_catalog.oid[];
    v_relation pg_catalog.oid;
    v_drops pg_catalog.jsonb;
BEGIN
    o_rows := '[]';
    -- The relations that the command names, those that its parts belong to, and all their descendants: the event names only
    -- the parent.
    WITH RECURSIVE tree AS (
        SELECT CASE d.catalog
            WHEN 1259 THEN coalesce((SELECT i.indrelid FROM pg_index AS i WHERE i.indexrelid = d.object), d.object)
            WHEN 1247 THEN (SELECT nullif(t.typrelid, 0) FROM pg_type AS t WHERE t.oid = d.object)
            WHEN 2606 THEN (SELECT nullif(o.conrelid, 0) FROM pg_constraint AS o WHERE o.oid = d.object)
            WHEN 2620 THEN (SELECT t.tgrelid FROM pg_trigger AS t WHERE t.oid = d.object)
            WHEN 3256 THEN (SELECT p.polrelid FROM pg_policy AS p WHERE p.oid = d.object)
            WHEN 2618 THEN (SELECT r.ev_class FROM pg_rewrite AS r WHERE r.oid = d.object) END AS relation
        FROM unnest(p_catalogs, p_objects) AS d (catalog, object)
        UNION
        SELECT split_part(d.value ->> 0, ':', 2)::pg_catalog.oid
        FROM jsonb_array_elements(p_dropped) AS d
        WHERE d.value ->> 1 IS NOT NULL
        UNION
        SELECT i.inhrelid FROM tree AS t JOIN pg_inherits AS i ON i.inhparent = t.relation
    )
    SELECT array_agg(t.relation) INTO v_relations FROM tree AS t WHERE t.relation IS NOT NULL;
    FOREACH v_relation IN ARRAY coalesce(v_relations, '{}') LOOP
        IF jsonb_array_length(o_rows) >= p_most THEN
            o_pending := coalesce(o_pending, 0) + 1;
            CONTINUE;
        END IF;
        v_found := script_tracking.relation_parts(v_relation, v_is_whole, p_after, p_words);
        CONTINUE WHEN v_found.o_type IS NULL OR starts_with(v_found.o_identity, 'script_tracking.')
            OR starts_with(v_found.o_identity, 'pg_temp');
        o_last := greatest(o_last, v_found.o_last);
        v_drops := NULL;
        IF p_dropped IS NOT NULL THEN
            SELECT jsonb_object_agg(d.value ->> 1, d.value -> 4) INTO v_drops
            FROM jsonb_array_elements(p_dropped) AS d
            WHERE d.value ->> 0 = 'pg_class:' || v_relation AND d.value ->> 1 <> '';
        END IF;
        v_drops := coalesce(v_found.o_definition || v_drops, v_found.o_definition, v_drops);
        IF v_drops IS NOT NULL THEN
            o_rows := o_rows || jsonb_build_array(jsonb_build_array('pg_class:' || v_relation, v_found.o_type,
                v_found.o_identity, 'captured', to_jsonb(v_found.o_grantees), v_drops));
        END IF;
    END LOOP;
    FOR v_place IN 1..coalesce(cardinality(p_objects), 0) LOOP
        CONTINUE WHEN p_catalogs[v_place] IN (1259, 2606, 2620, 3256, 2618);
        IF jsonb_array_length(o_rows) >= p_most THEN
            o_pending := coalesce(o_pending, 0) + 1;
            CONTINUE;
        END IF;
        v_found := script_tracking.object_definition(p_catalogs[v_place], p_objects[v_place]);
        IF v_found.o_type IS NOT NULL AND NOT starts_with(v_found.o_identity, 'script_tracking.') THEN
            o_rows := o_rows || jsonb_build_array(jsonb_build_array(
                p_catalogs[v_place]::pg_catalog.regclass::pg_catalog.text || ':' || p_objects[v_place],
                v_found.o_type, v_found.o_identity, 'captured', to_jsonb(v_found.o_grantees), v_found.o_definition));
        END IF;
    END LOOP;
    IF p_dropped IS NOT NULL THEN
        o_rows := o_rows || coalesce((SELECT jsonb_agg(jsonb_build_array(d.value -> 0, d.value -> 2, d.value -> 3, 'captured',
                NULL, '{"object": null}'::pg_catalog.jsonb))
            FROM jsonb_array_elements(p_dropped) AS d
            WHERE d.value ->> 1 IS NULL), '[]');
    END IF;
    -- The incarnation of the database: a restore and pg_upgrade change it, and with it the oids of objects.
    SELECT jsonb_agg(h.value || to_jsonb(h.hash) ORDER BY (h.value ->> 0) COLLATE "C"),
        encode(sha256(string_agg(decode(h.hash, 'hex'), '' ORDER BY (h.value ->> 0) COLLATE "C")), 'hex')
    INTO o_rows, o_digest
    FROM (
        SELECT b.value, encode(sha256(convert_to(b.value::pg_catalog.text,
            CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)), 'hex') AS hash
        FROM (
            SELECT jsonb_set(r.value, '{0}', to_jsonb(
                'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid || ':' || (r.value ->> 0))) AS value
            FROM jsonb_array_elements(o_rows) AS r
        ) AS b
    ) AS h;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_history(pg_catalog.text, pg_catalog.oid[], pg_catalog.oid[], pg_catalog.jsonb,
    pg_catalog.text, pg_catalog.int8, pg_catalog.int4) IS 'What a DDL command changed, as capture writes it to object_s';
