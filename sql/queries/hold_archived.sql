SELECT script_tracking.hold_archived(%(cutoff)s::timestamptz, %(snapshot)s::pg_snapshot, %(archived_at)s::timestamptz,
    %(kept)s::bytea[])
