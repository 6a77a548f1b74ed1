SELECT script_tracking.hold_archived(%(cutoff)s::timestamptz, %(archived_at)s::timestamptz, %(kept)s::bytea[])
