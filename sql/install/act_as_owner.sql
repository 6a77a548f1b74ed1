-- From here to RESET ROLE everything is created by, and belongs to, the owner.
DO $act_as_owner$
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', (
        SELECT i.property_value FROM script_tracking.installation AS i WHERE i.property_name = 'role.owner'));
END
$act_as_owner$;
