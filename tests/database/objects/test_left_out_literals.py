"""A literal that was left out of a definition never comes back, until the value has changed."""

from __future__ import annotations

from dbtrack.db import Database
from tests.support.command_line import run_dbtrack
from tests.support.recorded import Record

SECRET, BESIDE = "hunter2", "stood beside it"


def stored(database: Database) -> str:
    """All that the history of objects has stored, without the escapes of JSON."""
    return str(database.rows("SELECT s.definition FROM script_tracking.object_s AS s")).replace("\\'", "'")


def sweep(database: Database) -> None:
    database.execute("UPDATE script_tracking.object_state SET swept_at = swept_at - interval '2 days'")
    database.execute("SELECT script_tracking.maintain()")


def unseen(database: Database, statement: str) -> None:
    database.execute("SELECT script_tracking.set_setting('capture.enabled', 'off')")
    database.execute(statement)
    database.execute("SELECT script_tracking.set_setting('capture.enabled', 'on')")


LEFT_OUT = (
    # The word that tells is in another part, in the statement, in the name of the column.
    f"CREATE TABLE t (password text DEFAULT '{SECRET}', plain text DEFAULT '{BESIDE}')",
    f"CREATE TABLE parted (secret_id text DEFAULT '{SECRET}', at int, plain text DEFAULT '{BESIDE}') PARTITION BY RANGE (at)",
    f"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $b$SELECT concat('password={SECRET}', '{BESIDE}')$b$",
    f"CREATE VIEW v AS SELECT 'password={SECRET}'::text AS x, '{BESIDE}'::text AS y",
    f"CREATE TYPE e AS ENUM ('password={SECRET}', '{BESIDE}')",
    f"CREATE DOMAIN d AS text DEFAULT 'password={SECRET}' CHECK (VALUE <> '{BESIDE}')",
)
# None of these says either, and PostgreSQL renders both again.
LATER = (
    "ALTER TABLE t ALTER plain SET STATISTICS 5",
    "ALTER TABLE t ALTER plain SET NOT NULL, ALTER password SET NOT NULL",
    "ALTER TABLE t RENAME COLUMN password TO note",
    "ALTER TABLE t ALTER note TYPE varchar(80), ALTER plain TYPE varchar(80)",
    "ALTER TABLE t RENAME TO renamed",
    "GRANT SELECT (plain) ON renamed TO PUBLIC",
    "CREATE TABLE child () INHERITS (renamed)",
    "ALTER TABLE child ALTER plain SET STATISTICS 7",
    "CREATE TABLE part PARTITION OF parted FOR VALUES FROM (1) TO (2)",
    "ALTER TABLE parted ALTER plain SET STATISTICS 6",
    "CREATE TABLE copy (LIKE renamed INCLUDING ALL)",
    "ALTER TABLE copy ALTER note SET STATISTICS 3",
    "ALTER FUNCTION f() COST 7",
    "ALTER FUNCTION f() RENAME TO g",
    "ALTER VIEW v RENAME COLUMN x TO z",
    "ALTER VIEW v SET (security_barrier = true)",
    "ALTER TYPE e ADD VALUE 'one more'",
    "ALTER DOMAIN d SET NOT NULL",
    "COMMENT ON DOMAIN d IS 'a comment'",
)


def test_what_was_left_out_does_not_come_back(installed: Database, installed_conninfo: str) -> None:
    for statement in LEFT_OUT:
        installed.execute(statement)
    for statement in LATER:
        installed.execute(statement)
        text = stored(installed)
        assert (SECRET in text, BESIDE in text) == (False, False), statement
    unseen(installed, "ALTER TABLE renamed ALTER plain SET STATISTICS 9")
    unseen(installed, "CREATE TABLE unseen_copy (LIKE renamed INCLUDING ALL)")
    sweep(installed)
    installed.execute("SELECT script_tracking.set_setting('redaction.mode', 'all')")
    installed.execute("CREATE TABLE in_all (i text DEFAULT 'in all')")
    installed.execute("SELECT script_tracking.set_setting('redaction.mode', 'secrets')")
    installed.execute("ALTER TABLE in_all ALTER i SET STATISTICS 9")
    # A new baseline, as after a restore.
    installed.execute("UPDATE script_tracking.object_state SET place = '{}'")
    for _ in range(2):
        installed.execute("SELECT script_tracking.maintain()")
    assert "in all" not in stored(installed)
    shown = [
        run_dbtrack("diff", "--since", "1h", "--format", style, "-d", installed_conninfo)
        for style in ("sql", "words")
    ]
    shown.append(run_dbtrack("schema", "-d", installed_conninfo))
    for text in (stored(installed), *(result.stdout + result.stderr for result in shown)):
        assert (SECRET in text, BESIDE in text) == (False, False)
    assert all(result.returncode == 0 for result in shown), [result.stderr for result in shown]
    assert "a secret was removed" in shown[0].stdout
    assert "a secret was removed" in shown[2].stdout


def test_a_value_that_has_changed_is_stored_again(installed: Database) -> None:
    installed.execute(LEFT_OUT[0])
    installed.execute("CREATE TABLE apart (i text DEFAULT 'kept')")
    installed.execute("ALTER TABLE t ALTER plain SET DEFAULT 'another'")
    assert "another" in stored(installed)
    # The value is the old one again: it stays out, whoever says it.
    installed.execute(f"ALTER TABLE t ALTER plain SET DEFAULT '{BESIDE}'")
    assert BESIDE not in stored(installed)
    # A change that nobody saw shows, and what stands in another table is not touched.
    unseen(installed, "ALTER TABLE t ALTER plain SET DEFAULT 'unseen'")
    unseen(installed, f"ALTER TABLE apart ALTER i SET DEFAULT '{BESIDE}x'")
    sweep(installed)
    assert "unseen" in stored(installed)
    assert f"{BESIDE}x" in stored(installed)
    # What is gone is forgotten.
    installed.execute("DROP TABLE t")
    sweep(installed)
    assert installed.value("SELECT count(*) FROM script_tracking.left_out_literal") == 0


def test_what_an_earlier_version_left_out_stays_out(record: Record) -> None:
    database = record.connection
    database.execute(LEFT_OUT[0].encode())
    database.execute("TRUNCATE script_tracking.left_out_literal")
    database.execute("UPDATE script_tracking.object_state SET swept_at = swept_at - interval '2 days'")
    database.execute("SELECT script_tracking.maintain()")
    database.execute("ALTER TABLE t ALTER plain SET STATISTICS 5")
    text = str(database.execute("SELECT s.definition FROM script_tracking.object_s AS s").fetchall())
    assert (SECRET in text, BESIDE in text) == (False, False)
