-- Which statement of a string is the DDL that runs: the next one after the last that its tag fits. A string that code
-- runs can be run again. NULL if there is none; or if several fit in a string that rolls back, for that undoes the
-- setting which holds the last one.
CREATE OR REPLACE FUNCTION script_tracking.matching_statement(
    p_string pg_catalog.text,
    p_places pg_catalog._int4,
    p_command_tag pg_catalog.text,
    p_is_inner pg_catalog.bool,
    p_last pg_catalog.int4
)
RETURNS pg_catalog.int4
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_count pg_catalog.int4 := cardinality(p_places) / 2;
    v_has_rollback pg_catalog.bool := p_string COLLATE "C" ~* '[[:<:]](rollback|abort)[[:>:]]';
    v_statement pg_catalog.text;
    v_number pg_catalog.int4;
    v_found pg_catalog.int4;
BEGIN
    FOR v_step IN 1 .. v_count LOOP
        v_number := CASE WHEN v_has_rollback THEN 0 ELSE p_last END + v_step;
        IF v_number > v_count THEN
            EXIT WHEN NOT p_is_inner;
            v_number := v_number - v_count;
        END IF;
        CONTINUE WHEN NOT v_number BETWEEN 1 AND v_count;
        v_statement := substr(p_string, p_places[2 * v_number - 1],
            p_places[2 * v_number] - p_places[2 * v_number - 1]);
        IF script_tracking.is_statement_of(v_statement, p_command_tag) THEN
            IF NOT v_has_rollback THEN
                RETURN v_number;
            ELSIF v_found IS NOT NULL THEN
                RETURN NULL;
            END IF;
            v_found := v_number;
        END IF;
    END LOOP;
    RETURN v_found;
END
$function$;

COMMENT ON FUNCTION script_tracking.matching_statement(
    pg_catalog.text, pg_catalog._int4, pg_catalog.text, pg_catalog.bool, pg_catalog.int4) IS
    'Which statement of a string is the DDL that runs';
