-- Links a wrapped command's DDL that bears its application name only.
SELECT o_linked, o_unclear FROM script_tracking.link_by_application_name(p_execution_hk => %(execution_hk)s::bytea)
