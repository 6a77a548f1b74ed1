-- Returns what the history lacks of one object, as a row that relation_parts would return, followed by the hash key of the execution
-- that explains it, or null; and the last version under the oid that it had before a restore. NULL: the history is complete.
CREATE OR REPLACE FUNCTION script_tracking.missing_version(
    p_catalog pg_catalog.oid,
    p_object pg_catalog.oid,
    p_since pg_catalog.timestamptz,
    p_redaction pg_catalog.text,
    p_is_baseline pg_catalog.bool
)
RETURNS pg_catalog.jsonb[]
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- What stands in a text without its literals.
    c_marks CONSTANT pg_catalog.text[] := ARRAY['%***%', '%[redacted: %'];
    v_row pg_catalog.jsonb;
    v_known pg_catalog.jsonb;
    v_changed pg_catalog.jsonb;
    v_restored pg_catalog.jsonb;
BEGIN
    IF p_catalog = 1259 THEN
        SELECT CASE WHEN r.o_definition IS NOT NULL THEN jsonb_build_array(r.o_object_bk, r.o_type, r.o_identity, 'baseline',
            to_jsonb(r.o_grantees), r.o_definition, encode(r.o_hash, 'hex')) END
        INTO v_row
        FROM script_tracking.relation_parts(p_object, true, NULL, NULL, NULL, NULL, NULL, 'baseline', 'none') AS r;
    ELSE
        v_row := script_tracking.object_definition(p_catalog, p_object, 'baseline', 'none');
    END IF;
    IF v_row IS NULL THEN
        RETURN NULL;
    END IF;
    v_known := script_tracking.folded_definition(sha256(convert_to(v_row ->> 0, 'SQL_ASCII')));
    IF p_is_baseline AND NOT EXISTS (SELECT FROM script_tracking.object_same_l AS l
            WHERE l.new_object_hk = sha256(convert_to(v_row ->> 0, 'SQL_ASCII'))) THEN
        v_restored := script_tracking.restored_version(v_row, split_part(v_row ->> 0, ':', 1));
    END IF;
    IF p_redaction <> 'none' THEN
        -- Before the literals that are left out were kept, only the marks told which parts have some.
        IF v_known::pg_catalog.text LIKE ANY (c_marks) AND NOT EXISTS (
            SELECT FROM script_tracking.left_out_literal AS l WHERE l.object_bk = v_row ->> 0) THEN
            PERFORM script_tracking.redact_definition(jsonb_object_agg(n.key, n.value), 'all', NULL, v_row ->> 0, 'own')
            FROM jsonb_each(v_row -> 5) AS n
            WHERE (v_known -> n.key)::pg_catalog.text LIKE ANY (c_marks);
        END IF;
        IF v_restored IS NOT NULL THEN
            -- What was left out before the restore.
            INSERT INTO script_tracking.left_out_literal (object_bk, literal_hash)
            SELECT v_row ->> 0, l.literal_hash FROM script_tracking.left_out_literal AS l WHERE l.object_bk = v_restored ->> 0;
        END IF;
        -- An object that the record does not know can be a copy of another.
        v_row := jsonb_set(v_row, '{5}', script_tracking.redact_definition(v_row -> 5, p_redaction,
            CASE WHEN p_catalog = 1259 THEN v_row ->> 2 END, v_row ->> 0,
            CASE WHEN v_known IS NULL AND v_restored IS NULL THEN 'any' ELSE 'own' END));
    END IF;
    IF v_known IS NULL THEN
        v_changed := v_row -> 5;
    ELSE
        SELECT jsonb_object_agg(coalesce(n.key, k.key), CASE WHEN n.key IS NOT NULL THEN n.value
            WHEN jsonb_typeof(k.value) = 'array' THEN k.value -> 1 ELSE 'null' END)
        INTO v_changed
        FROM jsonb_each(v_row -> 5) AS n
        FULL JOIN jsonb_each(v_known) AS k ON k.key = n.key
        WHERE n.value IS DISTINCT FROM k.value;
        IF v_changed IS NULL THEN
            RETURN CASE WHEN v_restored IS NOT NULL AND EXISTS (SELECT FROM script_tracking.object_s AS s
                WHERE s.object_hk = sha256(convert_to(v_row ->> 0, 'SQL_ASCII')) AND s.cause = 'baseline') THEN ARRAY[v_restored] END;
        END IF;
    END IF;
    RETURN array_remove(ARRAY[script_tracking.explained_version(jsonb_set(v_row - 6, '{5}', v_changed), p_since,
        p_is_baseline AND (v_known IS NULL OR v_known = '{}')), v_restored], NULL);
END
$function$;

COMMENT ON FUNCTION script_tracking.missing_version(
    pg_catalog.oid, pg_catalog.oid, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bool) IS
    'What the history of one object lacks';
