SELECT script_tracking.hold_archived(%(cutoff)s::timestamptz, %(snapshot)s::pg_snapshot, %(kept)s::bytea[])
