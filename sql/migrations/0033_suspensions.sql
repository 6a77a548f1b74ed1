-- When capture was suspended on purpose, by `dbtrack suspend`: why, until when, and what happened to it.

CREATE TABLE script_tracking.suspension (
    suspension_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT suspension_pkey PRIMARY KEY,
    script_execution_hk bytea NOT NULL,
    suspended_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    reason text NOT NULL,
    db_session_user name NOT NULL DEFAULT session_user,
    event_triggers jsonb NOT NULL,
    resumed_at timestamptz,
    resume_execution_hk bytea,
    compared_at timestamptz,
    CONSTRAINT suspension_order CHECK (resumed_at >= suspended_at AND expires_at > suspended_at)
);
CREATE UNIQUE INDEX suspension_open ON script_tracking.suspension ((resumed_at IS NULL)) WHERE resumed_at IS NULL;
COMMENT ON TABLE script_tracking.suspension IS
    'The times in which capture was suspended by dbtrack suspend; one is open at most';
COMMENT ON COLUMN script_tracking.suspension.suspension_id IS 'Number of the suspension';
COMMENT ON COLUMN script_tracking.suspension.script_execution_hk IS 'The execution that suspended capture';
COMMENT ON COLUMN script_tracking.suspension.suspended_at IS 'When the event triggers were removed';
COMMENT ON COLUMN script_tracking.suspension.expires_at IS 'When capture was to be resumed; later, the suspension counts as forgotten';
COMMENT ON COLUMN script_tracking.suspension.reason IS 'Why, in the words of the one who suspended it';
COMMENT ON COLUMN script_tracking.suspension.db_session_user IS 'The login that suspended it';
COMMENT ON COLUMN script_tracking.suspension.event_triggers IS
    'The event triggers that were removed: name, event, function, when they fire, owner';
COMMENT ON COLUMN script_tracking.suspension.resumed_at IS 'When the event triggers were created again; null: not yet';
COMMENT ON COLUMN script_tracking.suspension.resume_execution_hk IS 'The execution that resumed capture';
COMMENT ON COLUMN script_tracking.suspension.compared_at IS
    'When reconcile compared the catalogs after capture was resumed; null: not yet';
