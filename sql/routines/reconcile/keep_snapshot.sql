-- Updates the snapshot to the present state: all of it, or only the differences if it was compared.
CREATE OR REPLACE FUNCTION script_tracking.keep_snapshot(
    p_is_whole pg_catalog.bool,
    p_header script_tracking.catalog_snapshot
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_is_whole THEN
        DELETE FROM script_tracking.catalog_object;
        INSERT INTO script_tracking.catalog_object SELECT f.* FROM script_tracking.catalog_fingerprint() AS f;
    ELSE
        DELETE FROM script_tracking.catalog_object AS o
        USING script_tracking.catalog_difference AS d
        WHERE o.class_id = (d.old_object).class_id AND o.object_id = (d.old_object).object_id
            AND o.object_name = (d.old_object).object_name;
        INSERT INTO script_tracking.catalog_object
        SELECT (d.new_object).* FROM script_tracking.catalog_difference AS d WHERE (d.new_object).class_id IS NOT NULL;
    END IF;
    DELETE FROM script_tracking.catalog_snapshot;
    INSERT INTO script_tracking.catalog_snapshot SELECT (p_header).*;
    -- Rows that nobody needs to see again.
    DELETE FROM script_tracking.catalog_difference AS d WHERE d.script_execution_hk IS NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.keep_snapshot(pg_catalog.bool, script_tracking.catalog_snapshot) IS
    'Keeps the present fingerprint as the snapshot, for dbtrack reconcile';
