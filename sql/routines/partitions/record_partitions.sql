-- Records one execution for the partitions that maintenance created, if DDL is recorded at all: not while dbtrack is
-- being installed.
CREATE OR REPLACE FUNCTION script_tracking.record_partitions(p_partitions pg_catalog._text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_partitions <> '{}' AND (SELECT s.is_enabled FROM script_tracking.capture_setting AS s)
        AND EXISTS (SELECT FROM pg_catalog.pg_event_trigger AS t
            WHERE t.evtname = 'et_ddl_command_end' AND t.evtenabled <> 'D') THEN
        PERFORM script_tracking.insert_execution('dbtrack maintain', 'MAINTENANCE', 'COMPLETED', statement_timestamp(),
            (extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000000)::pg_catalog.int8, NULL,
            ARRAY(SELECT format('script_tracking.%I', p.name) FROM unnest(p_partitions) AS p (name)), NULL, NULL,
            script_tracking.session_metadata() || jsonb_build_object('object_count', cardinality(p_partitions),
                'object_types', array_fill('table'::pg_catalog.text, ARRAY[cardinality(p_partitions)])),
            'maintain');
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_partitions(pg_catalog._text) IS
    'Records the partitions that maintenance created; for the functions of this schema';
