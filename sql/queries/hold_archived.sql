SELECT script_tracking.hold_archived(
    %(cutoff)s::timestamptz, %(archived_at)s::timestamptz, %(snapshot)s::pg_snapshot, %(kept)s::bytea[])
