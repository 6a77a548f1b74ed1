-- Records what this cleanup removed, and every earlier cleanup that was killed: retention is the one lawful removal. A
-- removal that is not stored as such was not made by a cleanup, and cannot be presented as one.
CREATE OR REPLACE FUNCTION script_tracking.record_cleanup(p_began pg_catalog.timestamptz DEFAULT NULL)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    -- When this cleanup began; never later than its record.
    v_began CONSTANT pg_catalog.timestamptz := least(coalesce(record_cleanup.p_began, statement_timestamp()), statement_timestamp());
    v_removal record;
    v_before pg_catalog.timestamptz;
    v_kept record;
BEGIN
    FOR v_removal IN DELETE FROM script_tracking.unrecorded_removal AS u RETURNING u.* LOOP
        -- Versions of objects whose executions are gone, or which newer ones replaced: nothing else proves those that stay. A day
        -- more, for a command that was running at the cutoff; never what an open transaction can still write, nor less than before.
        SELECT least(greatest(v_removal.cutoff + '1 day'::pg_catalog."interval", v_removal.versions_before,
            max((s.metadata ->> 'versions_before')::pg_catalog.timestamptz)), script_tracking.records_since())
        INTO v_before
        FROM script_tracking.script_execution_s AS s
        WHERE s.script_type = 'MAINTENANCE' AND s.metadata ? 'versions_before'
            AND (s.script_name = 'dbtrack cleanup' AND s.record_source LIKE 'cleanup@%'
                OR s.script_name = 'dbtrack erase' AND s.record_source LIKE 'erase@%')
            -- Not those of a source of a vault, which say what happened there.
            AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk AND t.record_source LIKE 'vault@%');
        v_kept := script_tracking.kept_versions(v_before);
        PERFORM script_tracking.insert_execution('dbtrack cleanup', 'MAINTENANCE', 'COMPLETED', v_began,
            (extract(epoch FROM clock_timestamp() - v_began) * 1000000)::pg_catalog.int8, NULL, '{}',
            NULL, NULL, script_tracking.session_metadata() || jsonb_build_object('cutoff', v_removal.cutoff,
                'executions_removed', v_removal.executions, 'months_dropped', v_removal.months,
                'versions_removed', v_removal.versions, 'versions_cutoff', v_removal.versions_before,
                'versions_before', v_before, 'versions_kept', v_kept.o_versions, 'versions_digest', v_kept.o_digest),
            'cleanup');
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_cleanup(pg_catalog.timestamptz) IS 'Records what cleanups removed and no record contains yet';
