-- What cleanup removes of the history of objects is recorded, so that verify can tell it from what somebody else removed.
-- See docs/object-history.md.

ALTER TABLE script_tracking.unrecorded_removal
    ADD COLUMN versions bigint NOT NULL DEFAULT 0,
    ADD COLUMN versions_before timestamptz;
COMMENT ON COLUMN script_tracking.unrecorded_removal.versions IS 'How many versions of objects were removed';
COMMENT ON COLUMN script_tracking.unrecorded_removal.versions_before IS
    'The versions that were removed are older than this; NULL: none were removed';

-- A literal that was left out of a definition must not come back when something else of the same part changes.
CREATE TABLE script_tracking.left_out_literal (
    object_bk text NOT NULL,
    incarnation oid NOT NULL DEFAULT 'script_tracking'::regnamespace::oid,
    literal_hash bytea NOT NULL,
    load_date timestamptz NOT NULL DEFAULT now()
);
-- Not unique: two commands may leave out the same literal at once, and neither waits for the other.
CREATE INDEX idx_left_out_literal_object ON script_tracking.left_out_literal (object_bk);
CREATE INDEX idx_left_out_literal_incarnation ON script_tracking.left_out_literal (incarnation);
COMMENT ON TABLE script_tracking.left_out_literal IS 'The literals that were left out of the definitions of objects, as keyed hashes';
COMMENT ON COLUMN script_tracking.left_out_literal.object_bk IS 'The object: incarnation, catalog and oid, as in object_h';
COMMENT ON COLUMN script_tracking.left_out_literal.incarnation IS
    'The incarnation. Until maintain has found the objects of an earlier one again, its literals are left out of every object';
COMMENT ON COLUMN script_tracking.left_out_literal.literal_hash IS
    'SHA-256 over capture_secret and the literal; only the owner can read either';
COMMENT ON COLUMN script_tracking.left_out_literal.load_date IS 'When it was left out for the first time';

-- The next maintain compares every object, and keeps the literals of what was left out before this table was there.
UPDATE script_tracking.object_state SET swept_at = swept_at - '2 days'::interval;

-- A dump that is restored, and pg_upgrade, give the objects other oids, and so other keys.
CREATE TABLE script_tracking.object_same_l (
    object_same_hk bytea NOT NULL CONSTRAINT object_same_l_pkey PRIMARY KEY,
    old_object_hk bytea NOT NULL,
    new_object_hk bytea NOT NULL,
    tenant_hk bytea,
    load_date timestamptz NOT NULL,
    renumbered jsonb,
    script_execution_hk bytea NOT NULL,
    record_source varchar(255) NOT NULL
);
CREATE INDEX idx_object_same_l_new ON script_tracking.object_same_l (new_object_hk);
CREATE INDEX idx_object_same_l_old ON script_tracking.object_same_l (old_object_hk);
COMMENT ON TABLE script_tracking.object_same_l IS
    'Same-as link: an object that a restore or pg_upgrade gave another oid is the one that had its type and identity before';
COMMENT ON COLUMN script_tracking.object_same_l.object_same_hk IS 'SHA-256 of old_object_hk, new_object_hk and the moment';
COMMENT ON COLUMN script_tracking.object_same_l.old_object_hk IS 'The object before: its last version there has the cause restored';
COMMENT ON COLUMN script_tracking.object_same_l.new_object_hk IS 'The object now';
COMMENT ON COLUMN script_tracking.object_same_l.tenant_hk IS 'The tenant of its schema; NULL: the platform';
COMMENT ON COLUMN script_tracking.object_same_l.load_date IS 'When maintain found it: what is older is in the history of the old one';
COMMENT ON COLUMN script_tracking.object_same_l.renumbered IS
    'The parts that have another number now, each old one with the new one; NULL: maintain has not compared them yet';
COMMENT ON COLUMN script_tracking.object_same_l.script_execution_hk IS 'The run of maintain that found it; its seal covers the link';
COMMENT ON COLUMN script_tracking.object_same_l.record_source IS 'The writer and the node';

-- After an earlier restore the objects have two histories: the next maintain links them.
UPDATE script_tracking.object_state SET baseline_at = NULL
WHERE (SELECT count(DISTINCT split_part(s.object_bk, ':', 1)) FROM script_tracking.object_s AS s) > 1;

-- It returns something else now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proname IN ('missing_version', 'redact_definition')
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
