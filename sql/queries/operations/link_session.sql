-- Links the DDL that this session runs from now on to an operation; an empty key ends that.
SELECT set_config('dbtrack.execution', %(execution)s::text, %(transaction_only)s::boolean)
