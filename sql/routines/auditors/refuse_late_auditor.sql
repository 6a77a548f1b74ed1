-- Ends a query of an auditor whose time passed while its rows were read, as by a cursor: a policy of row security calls it for a
-- row that comes too late. An error, because rows that are only left out would not be missed.
CREATE OR REPLACE FUNCTION script_tracking.refuse_late_auditor()
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    PERFORM script_tracking.own_audit();
    RETURN false;
END
$function$;

COMMENT ON FUNCTION script_tracking.refuse_late_auditor() IS
    'Ends a query of an auditor whose time passed while its rows were read; a policy of row security calls it';
