-- What cleanup removes of the history of objects is recorded, so that verify can tell it from what somebody else removed.
-- See docs/object-history.md.

ALTER TABLE script_tracking.unrecorded_removal
    ADD COLUMN versions bigint NOT NULL DEFAULT 0,
    ADD COLUMN versions_before timestamptz;
COMMENT ON COLUMN script_tracking.unrecorded_removal.versions IS 'How many versions of objects were removed';
COMMENT ON COLUMN script_tracking.unrecorded_removal.versions_before IS
    'The versions that were removed are older than this; NULL: none were removed';
