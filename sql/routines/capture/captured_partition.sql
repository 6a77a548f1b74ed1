-- Returns the partition that an ALTER TABLE or ALTER INDEX attaches or detaches. PostgreSQL shows only the parent. The
-- partition's name is in the statement, and the catalogs must confirm it: it is attached to that parent, or it is not
-- and this transaction wrote its row. So a name in a comment has no effect.
CREATE OR REPLACE FUNCTION script_tracking.captured_partition(p_statement pg_catalog.text)
RETURNS TABLE (
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    schema_name pg_catalog.text
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    v_top CONSTANT pg_catalog.int8 := pg_current_xact_id()::pg_catalog.text::pg_catalog.int8;
    -- The name must be one that parse_ident accepts: other text after the two words, in a comment or in quotes, must
    -- not raise an error there.
    v_plain CONSTANT pg_catalog.text :=
        '[^\x01-@\x5b-\x5e\x60\x7b-\x7f][^\x01-#%-/:-@\x5b-\x5e\x60\x7b-\x7f]*';
    v_words CONSTANT pg_catalog._text := regexp_match(p_statement COLLATE "C", replace(
        '\m(attach|detach)\s+partition\s+((?:NAME|"(?:[^"]|"")+")(?:\.(?:NAME|"(?:[^"]|"")+")){0,2})',
        'NAME', v_plain), 'i');
    v_name CONSTANT pg_catalog._text := parse_ident(v_words[2], false);
BEGIN
    RETURN QUERY
    SELECT i.type, i.identity, i.schema
    FROM (
        SELECT c.oid
        FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relname = v_name[cardinality(v_name)] AND c.relkind IN ('r', 'p', 'f', 'i', 'I')
            AND (cardinality(v_name) = 1 OR n.nspname = v_name[cardinality(v_name) - 1])
            AND CASE WHEN v_words[1] ILIKE 'attach' COLLATE "C" THEN EXISTS (
                SELECT FROM pg_catalog.pg_inherits AS h
                JOIN pg_event_trigger_ddl_commands() AS d ON d.objid = h.inhparent
                WHERE h.inhrelid = c.oid)
            -- As in written_privileges: a visible row of a transaction in progress was written by this transaction.
            WHEN c.xmin::pg_catalog.text::pg_catalog.int8 >= v_top % 4294967296 THEN NOT c.relispartition
                AND pg_xact_status((v_top - v_top % 4294967296 + c.xmin::pg_catalog.text::pg_catalog.int8)
                    ::pg_catalog.text::pg_catalog.xid8) = 'in progress'
            ELSE false END
        ORDER BY age(c.xmin) LIMIT 1
    ) AS p
    CROSS JOIN LATERAL pg_identify_object('pg_class'::pg_catalog.regclass, p.oid, 0) AS i;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_partition(pg_catalog.text) IS
    'The partition that the ending ALTER attaches or detaches';
