-- Gives a class to an object or a column, or takes it away, and returns the hash key of the execution that records this; NULL
-- if nothing changes. The execution is of the type CLASSIFICATION, so that it is sealed, exported and sent with all others.
CREATE OR REPLACE FUNCTION script_tracking.classify_object(
    object_name pg_catalog.text,
    class_name pg_catalog.text,
    reason pg_catalog.text DEFAULT NULL,
    is_removed pg_catalog.bool DEFAULT false,
    p_schemas pg_catalog.text[] DEFAULT pg_catalog.current_schemas(true)
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_variable
DECLARE
    v_class CONSTANT pg_catalog.text := lower(btrim(class_name) COLLATE "C");
    v_reason CONSTANT pg_catalog.text := script_tracking.redact_message(nullif(btrim(reason), ''));
    v_target record;
    v_relation record;
    v_tenant_hk pg_catalog.bytea;
    v_execution record;
    v_where pg_catalog.text;
    v_rows pg_catalog.int8;
BEGIN
    IF NOT script_tracking.caller_may_administer() THEN
        RAISE EXCEPTION '% may not classify objects', session_user
            USING ERRCODE = 'DT004', HINT = 'administrators of dbtrack may';
    ELSIF length(reason) > 2000 THEN
        RAISE EXCEPTION 'a reason must have at most 2000 characters, not %', length(reason) USING ERRCODE = 'DT006', HINT = 'shorten it';
    ELSIF v_class <> ALL (script_tracking.class_names()) AND NOT is_removed THEN
        RAISE EXCEPTION 'there is no class "%"', class_name
            USING ERRCODE = 'DT006', HINT = format('one of %s; the setting classes.names has them',
                array_to_string(script_tracking.class_names(), ', '));
    END IF;
    -- Two at once would both find that nothing is there.
    LOCK TABLE script_tracking.object_class_s IN SHARE ROW EXCLUSIVE MODE;
    SELECT t.* INTO v_target FROM script_tracking.class_target(object_name, p_schemas) AS t;
    IF is_removed THEN
        RETURN script_tracking.remove_class(object_name, v_target.o_object_identity, v_target.o_column_name, v_class, v_reason);
    ELSIF v_target.o_relation IS NULL THEN
        RAISE EXCEPTION 'there is no table or view called %', object_name
            USING ERRCODE = 'DT006', HINT = 'tables, views, materialized views, foreign tables and their columns have classes';
    END IF;
    SELECT r.*, script_tracking.calculate_hash_key(r.object_bk) AS object_hk INTO v_relation
    FROM script_tracking.class_relations() AS r WHERE r.relation = v_target.o_relation;
    -- Said again without a reason: nothing is new.
    IF v_reason IS NULL AND EXISTS (SELECT FROM script_tracking.get_classes(NULL, v_class) AS g
            WHERE g.source_hk = v_relation.object_hk AND g.source_column = v_target.o_column_number AND NOT g.is_dropped) THEN
        RETURN NULL;
    END IF;
    v_tenant_hk := (SELECT l.tenant_hk FROM script_tracking.tenant_schema_l AS l WHERE l.schema_name = v_relation.schema_name);
    v_where := v_relation.object_identity || coalesce('.' || quote_ident(v_target.o_column_name), '');
    SELECT e.* INTO v_execution FROM script_tracking.record_class(v_where, v_class, v_reason, false, v_tenant_hk) AS e;
    INSERT INTO script_tracking.object_h (object_hk, object_bk, tenant_hk, load_date, record_source)
    VALUES (v_relation.object_hk, v_relation.object_bk, v_tenant_hk, v_execution.o_load_date, v_execution.o_record_source)
    ON CONFLICT ON CONSTRAINT object_h_pkey DO NOTHING;
    INSERT INTO script_tracking.object_class_s (object_hk, column_number, class_name, load_date, hash_diff, is_removed,
        script_execution_hk, tenant_hk, object_bk, object_type, object_identity, column_name, db_session_user, reason, record_source)
    VALUES (v_relation.object_hk, v_target.o_column_number, v_class, v_execution.o_load_date,
        script_tracking.calculate_hash_key(jsonb_build_array(v_relation.object_bk, v_target.o_column_number, v_class,
            false)::pg_catalog.text),
        false, v_execution.o_script_execution_hk, v_tenant_hk, v_relation.object_bk, v_relation.object_type, v_relation.object_identity,
        v_target.o_column_name, session_user, v_reason, v_execution.o_record_source);
    RETURN v_execution.o_script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.classify_object(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.bool,
    pg_catalog.text[]) IS
    'Gives a class to [schema.]object[.column], or takes it away (is_removed), and returns the key of the execution that records it; '
    'NULL: nothing changes';
