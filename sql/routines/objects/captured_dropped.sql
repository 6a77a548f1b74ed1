-- Returns what the dropping command removed, for the history of objects, as a JSON array for captured_history: [catalog:oid, part,
-- type, identity, name]. part NULL: the whole object; '': a relation that lost something that its own rows show. Nothing is told of a
-- part whose relation is dropped too. The relation 'pg_class:0' stands for what is not known.
--
-- PostgreSQL does not tell whose an index was, and its row is gone. capture_index_tables knows it of most. Otherwise the command has locked
-- the table, so the candidates are the tables of that schema that this transaction has locked: a drop of what a table never had means
-- nothing. For the same reason a session that forges the setting gains nothing.
CREATE OR REPLACE FUNCTION script_tracking.captured_dropped(p_most pg_catalog.int4, p_command_tag pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_found pg_catalog.jsonb;
    v_indexes pg_catalog.jsonb;
    v_tables pg_catalog.jsonb;
    v_rest pg_catalog.jsonb;
    v_catalog pg_catalog.oid;
    v_object pg_catalog.oid;
    v_type pg_catalog.text;
    v_identity pg_catalog.text;
    v_names pg_catalog.text[];
    v_column pg_catalog.int4;
    v_is_known pg_catalog.bool := false;
BEGIN
    -- Most of these commands drop one thing and nothing else.
    IF p_command_tag IN ('ALTER TABLE', 'DROP INDEX', 'DROP TRIGGER', 'DROP POLICY', 'DROP RULE', 'DROP FUNCTION', 'DROP PROCEDURE') THEN
        SELECT count(*) OVER () = 1, d.classid, d.objid, d.objsubid, d.object_type, d.object_identity, d.address_names
        INTO v_is_known, v_catalog, v_object, v_column, v_type, v_identity, v_names
        FROM pg_event_trigger_dropped_objects() AS d
        WHERE NOT d.is_temporary AND d.schema_name IS DISTINCT FROM 'script_tracking' AND d.schema_name IS DISTINCT FROM 'pg_toast'
        LIMIT 1;
        IF NOT v_is_known THEN
            NULL;
        ELSIF v_type = 'index' THEN
            v_indexes := jsonb_build_array(jsonb_build_array(v_object, v_names[1], v_names[2]));
        ELSIF v_type IN ('table constraint', 'trigger', 'policy', 'rule') THEN
            -- By name in the catalogs: to_regclass needs privileges on the schema.
            SELECT jsonb_build_array(jsonb_build_array('pg_class:' || c.oid, CASE v_catalog WHEN 2606 THEN 'constraint '
                WHEN 2620 THEN 'trigger ' WHEN 3256 THEN 'policy ' ELSE 'rule ' END || v_object, NULL, NULL, v_names[3]))
            INTO v_found
            FROM pg_namespace AS n
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = v_names[2]::pg_catalog.name
            WHERE n.nspname = v_names[1]::pg_catalog.name;
        ELSIF v_type = 'table column' THEN
            v_found := jsonb_build_array(jsonb_build_array('pg_class:' || v_object, 'column ' || v_column, NULL, NULL, v_names[3]));
        ELSIF v_catalog = 1255 THEN
            v_found := jsonb_build_array(jsonb_build_array('pg_proc:' || v_object, NULL, v_type, v_identity, NULL));
        ELSE
            -- NULL: nothing that has a history.
            v_is_known := v_is_known IS NULL;
        END IF;
    END IF;
    IF NOT v_is_known THEN
        WITH dropped AS MATERIALIZED (
            SELECT g.* FROM pg_event_trigger_dropped_objects() AS g
            WHERE NOT g.is_temporary AND g.schema_name IS DISTINCT FROM 'script_tracking'
                AND g.schema_name IS DISTINCT FROM 'pg_toast'
        ), found AS (
            SELECT d.classid::pg_catalog.regclass::pg_catalog.text || ':' || d.objid AS object_bk, NULL AS part, d.object_type,
                d.object_identity, NULL AS name
            FROM dropped AS d
            WHERE d.objsubid = 0 AND d.object_type <> 'index' AND (d.classid IN (1259, 1255, 2615, 3381, 1417, 2328, 3079,
                    3456, 2617, 3602, 3600, 6104, 6100, 3466, 1418, 826, 2753, 2616, 2612, 2601, 3576, 2607, 3601, 3764)
                OR (d.classid = 2605 AND (d.original OR d.normal))
                OR (d.classid = 1247 AND (d.original OR d.normal) AND NOT EXISTS (
                    SELECT FROM dropped AS c WHERE c.classid = 1259 AND c.object_identity = d.object_identity)))
            UNION ALL
            SELECT 'pg_class:' || d.objid, 'column ' || d.objsubid, NULL, NULL, d.address_names[3]
            FROM dropped AS d
            WHERE d.object_type = 'table column' AND NOT EXISTS (
                SELECT FROM dropped AS t WHERE t.classid = 1259 AND t.objid = d.objid AND t.objsubid = 0)
            UNION ALL
            SELECT 'pg_class:' || c.oid, CASE d.classid WHEN 2606 THEN 'constraint ' || d.objid WHEN 2620 THEN 'trigger ' || d.objid
                    WHEN 3256 THEN 'policy ' || d.objid WHEN 2618 THEN 'rule ' || d.objid ELSE '' END, NULL, NULL, d.address_names[3]
            FROM dropped AS d
            JOIN pg_namespace AS n ON n.nspname = d.address_names[1]
            JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = d.address_names[2]
            WHERE d.object_type IN ('table constraint', 'trigger', 'policy', 'rule', 'default value')
                -- PostgreSQL's own triggers of a constraint, also on the table that a foreign key refers to: no version had them.
                AND NOT (d.classid = 2620 AND d.address_names[3] IN ('RI_ConstraintTrigger_a_' || d.objid, 'RI_ConstraintTrigger_c_'
                    || d.objid, 'PK_ConstraintTrigger_' || d.objid, 'Unique_ConstraintTrigger_' || d.objid))
            UNION ALL
            -- A publication that stays lost a table or a schema.
            SELECT 'pg_publication:' || p.oid, '', NULL, NULL, NULL
            FROM dropped AS d
            JOIN pg_publication AS p ON p.pubname = d.address_args[1]
            WHERE d.object_type IN ('publication relation', 'publication namespace')
        )
        SELECT jsonb_agg(jsonb_build_array(f.object_bk, f.part, f.object_type, f.object_identity, f.name)),
            (SELECT jsonb_agg(jsonb_build_array(d.objid, d.address_names[1], d.address_names[2])) FROM dropped AS d
                WHERE d.object_type = 'index' AND (d.original OR d.normal OR NOT EXISTS (
                    SELECT FROM dropped AS t WHERE t.object_type IN ('table', 'materialized view', 'foreign table'))))
        INTO v_found, v_indexes
        FROM (SELECT f.* FROM found AS f LIMIT p_most + 1) AS f;
    END IF;
    IF jsonb_array_length(v_found) > p_most THEN
        v_found := v_found || '[["pg_class:0", ""]]';
    END IF;
    IF v_indexes IS NOT NULL AND coalesce(current_setting('dbtrack.ddl_index_tables', true), '') <> '' THEN
        SELECT coalesce(v_found, '[]') || jsonb_agg(jsonb_build_array('pg_class:' || t.oids[2], 'index ' || t.oids[1], NULL, NULL,
                i.value -> 2)), (
            SELECT jsonb_agg(r.value) FROM jsonb_array_elements(v_indexes) AS r
            WHERE r.value ->> 0 <> ALL (array_agg(t.oids[1])))
        INTO v_found, v_rest
        FROM regexp_matches(current_setting('dbtrack.ddl_index_tables'), '([0-9]{1,10}):([0-9]{1,10})', 'g') AS t (oids)
        JOIN jsonb_array_elements(v_indexes) AS i ON i.value ->> 0 = t.oids[1]
        HAVING count(*) > 0;
        IF FOUND THEN
            v_indexes := v_rest;
        END IF;
    END IF;
    IF v_indexes IS NOT NULL THEN
        -- A large transaction holds many locks, and where the server has room for many, reading them takes 10 ms: then maintain finds it.
        IF length(coalesce(current_setting('dbtrack.ddl_guarded', true), '')) < 4
            AND current_setting('max_locks_per_transaction')::pg_catalog.int8 * current_setting('max_connections')::pg_catalog.int8
                <= 20000 THEN
            SELECT jsonb_agg(jsonb_build_array(c.oid, n.nspname)) INTO v_tables
            FROM (SELECT DISTINCT l.relation FROM pg_locks AS l
                WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation'
                    AND l.mode IN ('AccessExclusiveLock', 'ShareUpdateExclusiveLock')
                LIMIT 50) AS l
            JOIN pg_class AS c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm')
            JOIN pg_namespace AS n ON n.oid = c.relnamespace;
        END IF;
        IF jsonb_array_length(v_tables) * jsonb_array_length(v_indexes) > 20 OR v_tables IS NULL THEN
            v_found := coalesce(v_found, '[]') || '[["pg_class:0", ""]]';
        ELSE
            v_found := coalesce(v_found, '[]') || coalesce((
                SELECT jsonb_agg(jsonb_build_array('pg_class:' || (t.value ->> 0), 'index ' || (i.value ->> 0), NULL, NULL, i.value -> 2))
                FROM jsonb_array_elements(v_tables) AS t
                JOIN jsonb_array_elements(v_indexes) AS i ON i.value ->> 1 = t.value ->> 1), '[["pg_class:0", ""]]');
        END IF;
    END IF;
    RETURN v_found::pg_catalog.text;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_dropped(pg_catalog.int4, pg_catalog.text) IS
    'What the dropping command removed, for the history of objects';
