-- What lets a verification tell a row that was put in afterwards from one that came late, an erasure from a rewrite, and
-- what a cleanup removed from what was removed beside it. See docs/proof.md.

ALTER TABLE script_tracking.seal_block
    ADD COLUMN sealed_before timestamptz,
    ADD COLUMN replicated_leaves bigint;
COMMENT ON COLUMN script_tracking.seal_block.sealed_before IS
    'Every row with an earlier load_date is sealed by this block or one before it; NULL: the block is of format 1';
COMMENT ON COLUMN script_tracking.seal_block.replicated_leaves IS 'How many of its rows came by replication, and late';

ALTER TABLE script_tracking.seal_leaf ADD COLUMN arrived_at timestamptz;
COMMENT ON COLUMN script_tracking.seal_leaf.arrived_at IS 'When the row came late by replication; NULL: it was written here';
ALTER TABLE script_tracking.seal_leaf ADD COLUMN leaf_format smallint NOT NULL DEFAULT 1;
ALTER TABLE script_tracking.seal_leaf ALTER COLUMN leaf_format SET DEFAULT 2;
COMMENT ON COLUMN script_tracking.seal_leaf.leaf_format IS
    'How the commitments are made: 1: over all values of a part at once, 2: over each value, so that one can be erased alone';
COMMENT ON COLUMN script_tracking.seal_leaf.person_salt IS
    '16 bytes; once a value was erased: of each value 0 and the salt, or 1 and the commitment that is left of it';

CREATE TABLE script_tracking.late_arrival (
    load_date timestamptz NOT NULL,
    record_hk bytea NOT NULL,
    leaf_kind varchar(10) NOT NULL,
    arrived_at timestamptz NOT NULL,
    CONSTRAINT late_arrival_pkey PRIMARY KEY (load_date, record_hk)
);
COMMENT ON TABLE script_tracking.late_arrival IS
    'Versions and links that logical replication brought after the seals had passed their time, until they are sealed';

CREATE TABLE script_tracking.unrecorded_removal (
    cutoff timestamptz NOT NULL CONSTRAINT unrecorded_removal_pkey PRIMARY KEY,
    executions bigint NOT NULL,
    months text[] NOT NULL
);
COMMENT ON TABLE script_tracking.unrecorded_removal IS
    'What a cleanup has removed so far: written with the removal, until an execution records it';

-- They take or return something else now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace
            AND p.proname IN ('choose_unsealed', 'write_block', 'record_cleanup')
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
