-- Classes of data: which objects and columns contain what the organisation protects; and which roles there were, so that who had
-- access can be told later.

CREATE TABLE script_tracking.object_class_s (
    object_hk bytea NOT NULL,
    column_number smallint NOT NULL,
    class_name varchar(63) NOT NULL,
    load_date timestamptz NOT NULL,
    hash_diff bytea NOT NULL,
    is_removed boolean NOT NULL,
    script_execution_hk bytea NOT NULL,
    tenant_hk bytea,
    object_bk text NOT NULL,
    object_type text NOT NULL,
    object_identity text NOT NULL,
    column_name name,
    db_session_user varchar(255) NOT NULL,
    reason text,
    record_source varchar(255) NOT NULL,
    recorded_by xid8 DEFAULT pg_current_xact_id(),
    CONSTRAINT object_class_s_pkey PRIMARY KEY (object_hk, column_number, class_name, load_date)
);
CREATE INDEX idx_object_class_s_execution ON script_tracking.object_class_s (script_execution_hk);
COMMENT ON TABLE script_tracking.object_class_s IS
    'Satellite of object_h: the classes of an object or a column. The newest row of each class says whether it has it';
COMMENT ON COLUMN script_tracking.object_class_s.object_hk IS 'The object: SHA-256 of object_bk';
COMMENT ON COLUMN script_tracking.object_class_s.column_number IS 'Number of the column, which a renaming keeps; 0: the whole object';
COMMENT ON COLUMN script_tracking.object_class_s.class_name IS 'The class: phi, pii, pci, secret, or one of the setting classes.names';
COMMENT ON COLUMN script_tracking.object_class_s.load_date IS 'When it was classified';
COMMENT ON COLUMN script_tracking.object_class_s.hash_diff IS 'SHA-256 over the object, the column, the class and is_removed';
COMMENT ON COLUMN script_tracking.object_class_s.is_removed IS 'Whether the class was taken away';
COMMENT ON COLUMN script_tracking.object_class_s.script_execution_hk IS 'The execution of the type CLASSIFICATION that says the same';
COMMENT ON COLUMN script_tracking.object_class_s.tenant_hk IS 'The tenant of the object''s schema; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_class_s.object_bk IS 'Incarnation, catalog and oid, as in object_h';
COMMENT ON COLUMN script_tracking.object_class_s.object_type IS 'The type then: table, view, materialized view, foreign table';
COMMENT ON COLUMN script_tracking.object_class_s.object_identity IS 'The identity of the object then, as PostgreSQL gives it';
COMMENT ON COLUMN script_tracking.object_class_s.column_name IS 'The name of the column then; NULL: the whole object';
COMMENT ON COLUMN script_tracking.object_class_s.db_session_user IS 'The login that classified it';
COMMENT ON COLUMN script_tracking.object_class_s.reason IS 'Why, as was said, redacted; NULL: nothing was said';
COMMENT ON COLUMN script_tracking.object_class_s.record_source IS 'The writer and the node';
COMMENT ON COLUMN script_tracking.object_class_s.recorded_by IS 'The transaction that wrote the row on this server';

CREATE TABLE script_tracking.role_s (
    role_name name NOT NULL,
    load_date timestamptz NOT NULL,
    hash_diff bytea NOT NULL,
    is_superuser boolean NOT NULL,
    can_login boolean NOT NULL,
    member_of name[] NOT NULL,
    is_dropped boolean NOT NULL,
    record_source varchar(255) NOT NULL,
    CONSTRAINT role_s_pkey PRIMARY KEY (role_name, load_date)
);
COMMENT ON TABLE script_tracking.role_s IS
    'The roles of the server as maintain found them; event triggers do not see roles. A row is written when something differs';
COMMENT ON COLUMN script_tracking.role_s.role_name IS 'The role';
COMMENT ON COLUMN script_tracking.role_s.load_date IS 'When maintain found it so';
COMMENT ON COLUMN script_tracking.role_s.hash_diff IS 'SHA-256 over the other attributes';
COMMENT ON COLUMN script_tracking.role_s.is_superuser IS 'Whether it is a superuser';
COMMENT ON COLUMN script_tracking.role_s.can_login IS 'Whether it can log in';
COMMENT ON COLUMN script_tracking.role_s.member_of IS 'The roles whose privileges it can use as their direct member';
COMMENT ON COLUMN script_tracking.role_s.is_dropped IS 'Whether there was no such role any more';
COMMENT ON COLUMN script_tracking.role_s.record_source IS 'The writer and the node';

INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('classes.names', 'phi, pii, pci, secret', 'phi, pii, pci, secret', NULL, NULL, NULL,
     'The classes that dbtrack classify gives to objects and columns, separated by commas'),
    ('classes.review_every', '', '', NULL, NULL, NULL,
     'How often access to what is classified is to be reviewed: a number of days such as 180d, or quarter; empty: no such review is due');

-- Their arguments or results change. A new database has no routines yet.
DO $signatures$
DECLARE
    v_routine text;
BEGIN
    FOREACH v_routine IN ARRAY ARRAY[
        'get_due_reviews(bytea)',
        'sign_review(text, timestamptz, timestamptz, text, text, jsonb, bytea, boolean)',
        'get_evidence_exceptions(timestamptz, timestamptz, bytea)',
        'get_evidence_population(timestamptz, timestamptz, bytea)']
    LOOP
        IF to_regprocedure('script_tracking.' || v_routine) IS NOT NULL THEN
            EXECUTE 'DROP FUNCTION script_tracking.' || v_routine;
        END IF;
    END LOOP;
END
$signatures$;
