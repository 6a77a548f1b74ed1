-- From which command of a transaction on capture does without a guarded block, each of whose ends walks all files, locks
-- and cached relations of the transaction (docs/decisions/0014-growth.md).
INSERT INTO script_tracking.setting
    (setting_name, setting_value, default_value, allowed_values, minimum_value, maximum_value, description)
VALUES
    ('capture.guarded_commands', '1000', '1000', NULL, 32, 999999999,
     'From which DDL of a transaction on an error inside capture aborts it, once that kind of DDL has been captured there');

ALTER TABLE script_tracking.capture_setting ADD COLUMN guarded_commands integer NOT NULL DEFAULT 1000;

-- Numbers that a session can neither read nor write, and that no rollback takes back: what setval leaves in the backend that
-- called it, for currval. The number in the relation itself means nothing, so it needs no WAL.
CREATE UNLOGGED SEQUENCE script_tracking.capture_place_seq;
COMMENT ON SEQUENCE script_tracking.capture_place_seq IS
    'Where in the client''s string of statements a backend has come to; only the value that it set itself counts';
CREATE UNLOGGED SEQUENCE script_tracking.capture_turn_seq;
COMMENT ON SEQUENCE script_tracking.capture_turn_seq IS
    'Which of the settings about strings that code runs is a backend''s newest; only the value that it set itself counts';
CREATE UNLOGGED SEQUENCE script_tracking.capture_window_seed_seq;
COMMENT ON SEQUENCE script_tracking.capture_window_seed_seq IS 'The seed of the hash in capture_window_seq';
CREATE UNLOGGED SEQUENCE script_tracking.capture_window_seq;
COMMENT ON SEQUENCE script_tracking.capture_window_seq IS
    'The hash of the piece of the client''s string that a setting holds; only the value that a backend set itself counts';
CREATE UNLOGGED SEQUENCE script_tracking.capture_excerpt_seed_seq;
COMMENT ON SEQUENCE script_tracking.capture_excerpt_seed_seq IS 'The seed of the hash in capture_excerpt_seq';
CREATE UNLOGGED SEQUENCE script_tracking.capture_excerpt_seq;
COMMENT ON SEQUENCE script_tracking.capture_excerpt_seq IS
    'The hash of the beginning of the client''s string that a setting holds; only the value that a backend set itself counts';

-- Its argument has another name now. A new database has no routines yet.
DO $routines$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'script_tracking'::regnamespace AND p.proname = 'context_statement'
    LOOP
        EXECUTE format('DROP FUNCTION %s', v_routine);
    END LOOP;
END
$routines$;
