-- What `dbtrack evidence` needs: its settings, and when somebody last looked whether the record is whole.

CREATE TABLE script_tracking.examination (
    examination_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT examination_pkey PRIMARY KEY,
    examination_kind varchar(20) NOT NULL,
    examined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    db_session_user name NOT NULL DEFAULT session_user,
    is_clean boolean NOT NULL,
    details jsonb NOT NULL,
    CONSTRAINT examination_kind_known CHECK (examination_kind IN ('reconcile', 'verify', 'digest'))
);
CREATE INDEX examination_kind_time ON script_tracking.examination (examination_kind, examined_at);
COMMENT ON TABLE script_tracking.examination IS
    'When dbtrack reconcile, dbtrack verify and dbtrack digest ran, and what they found; evidence shows it';
COMMENT ON COLUMN script_tracking.examination.examination_id IS 'Number of the run';
COMMENT ON COLUMN script_tracking.examination.examination_kind IS 'reconcile, verify or digest';
COMMENT ON COLUMN script_tracking.examination.examined_at IS 'When it ended';
COMMENT ON COLUMN script_tracking.examination.db_session_user IS 'The login that ran it';
COMMENT ON COLUMN script_tracking.examination.is_clean IS 'Whether it found nothing that is wrong';
COMMENT ON COLUMN script_tracking.examination.details IS 'Its counts, as a JSON object';

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('evidence.hours', '', '', NULL, NULL, NULL,
     'When changes are expected, such as Mon-Fri 07:00-19:00; a change at another time is an exception in evidence. Empty: at any time'),
    ('evidence.zone', 'UTC', 'UTC', NULL, NULL, NULL, 'The time zone of evidence.hours, such as Europe/Berlin'),
    ('evidence.pipeline', '', '', NULL, NULL, NULL,
     'Logins and application names, with * for any characters, whose changes count as made by the pipeline'),
    ('evidence.shared_logins', '', '', NULL, NULL, NULL,
     'Logins that several people share, with * for any characters; what they change is an exception in evidence'),
    ('evidence.review_every', '', '', NULL, NULL, NULL,
     'How often changes are to be reviewed: a number of days such as 7d, or quarter. Empty: no review is ever due');
