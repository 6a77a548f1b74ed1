-- Returns the first DDL after a failed one that has the same statement, or the same command and object; of ALTER, the
-- same action too, since another one of the same object says nothing about it: that it drops a column is not the success
-- of adding a constraint. The record of the next seven days is read, at most 20,000 rows of it: an index of statements
-- would cost each DDL.
CREATE OR REPLACE FUNCTION script_tracking.later_ddl(
    p_failure script_tracking.script_execution_s,
    OUT o_execution_hk pg_catalog.bytea,
    OUT o_started_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_after CONSTANT pg_catalog.timestamptz := p_failure.execution_timestamp;
    -- What stands before the action: ALTER TABLE IF EXISTS ONLY public."Order Items"*, ALTER FUNCTION f(integer).
    c_name CONSTANT pg_catalog.text := '(?:"(?:[^"]|"")*"|[^\s".(*]+)';
    c_begin CONSTANT pg_catalog.text := '^\s*' || replace(p_failure.script_name, ' ', '\s+') || '\s+(?:if\s+exists\s+)?(?:only\s+)?'
        || c_name || '(?:\s*\.\s*' || c_name || ')*\s*(?:\([^)]*\)|\*)?\s*';
    c_noise CONSTANT pg_catalog.text := '\y(?:column|if\s+not\s+exists|if\s+exists|only)\s+';
    -- Its first words: add due_on, alter amount type, add constraint positive, owner to.
    c_action CONSTANT pg_catalog.text := '^(?:alter\s+\S+\s+\S+|\S+\s+constraint\s+\S+|\S+\s+\S+)';
    v_action pg_catalog.text;
BEGIN
    IF p_failure.script_name ~ '^ALTER [A-Z ]+$' AND p_failure.sql_command COLLATE "C" ~* c_begin THEN
        v_action := regexp_replace(substring(regexp_replace(regexp_replace(
            lower(p_failure.sql_command COLLATE "C"), c_begin, '', 'i'), c_noise, '', 'g'), c_action), '\s+', ' ', 'g');
    END IF;
    SELECT r.script_execution_hk, r.execution_timestamp INTO o_execution_hk, o_started_at
    FROM (
        SELECT s.*
        FROM script_tracking.script_execution_s AS s
        WHERE s.execution_timestamp > v_after AND s.execution_timestamp < v_after + '7 days'::pg_catalog."interval"
            AND s.load_date > v_after - '1 day'::pg_catalog."interval"
            AND s.load_date < v_after + '8 days'::pg_catalog."interval"
        ORDER BY s.execution_timestamp
        LIMIT 20000
    ) AS r
    WHERE r.load_end_date IS NULL AND r.execution_status = 'COMPLETED' AND r.script_type IN ('DDL_AUTO', 'DDL_LOG')
        AND r.tenant_hk IS NOT DISTINCT FROM coalesce(p_failure.tenant_hk, r.tenant_hk)
        AND (r.sql_command = p_failure.sql_command
            OR (r.script_name = p_failure.script_name
                AND script_tracking.names_same_object(r.affected_objects, p_failure.affected_objects)
                AND (v_action IS NULL OR v_action = regexp_replace(substring(regexp_replace(regexp_replace(
                    lower(r.sql_command COLLATE "C"), c_begin, '', 'i'), c_noise, '', 'g'), c_action), '\s+', ' ', 'g'))))
    ORDER BY r.execution_timestamp
    LIMIT 1;
END
$function$;

COMMENT ON FUNCTION script_tracking.later_ddl(script_tracking.script_execution_s) IS
    'The first DDL after a failed one that has the same statement, or the same command and object, and of ALTER the same action';
