"""The history of objects of several sources, on its way into the vault and read there."""

from __future__ import annotations

import json
import os
import subprocess

import psycopg
import pytest

from dbtrack.vault.destination import receiver_of, shown_destination
from dbtrack.vault.objects import UnsentObjects
from dbtrack.vault.push import Push, endpoint_cursor, use_endpoint
from tests.support.command_line import done, run_dbtrack
from tests.support.vaulted import OBJECTS, Source, Vault

pytestmark = pytest.mark.any_server

_CONFIGURATION = "SELECT configuration::text FROM script_tracking.event_endpoint"
_TRIGGERS = ("et_ddl_command_start", "et_ddl_command_end", "et_sql_drop")
_BUSY = (
    "CREATE TABLE public.orders (order_id integer PRIMARY KEY, amount numeric(10,2), note text)",
    "CREATE INDEX orders_amount_idx ON public.orders (amount)",
    "ALTER TABLE public.orders ADD COLUMN due_on date DEFAULT current_date",
    'ALTER TABLE public.orders RENAME COLUMN note TO "Note ""x"""',
    'CREATE SCHEMA "Odd Schema"',
    'CREATE TABLE "Odd Schema"."Order ""Items""" (n integer CHECK (n > 0), "select" text)',
    "CREATE VIEW public.late AS SELECT order_id, due_on FROM public.orders",
    "CREATE FUNCTION public.total(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION public.total(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    "ALTER TABLE public.orders RENAME TO purchases",
    "ALTER TABLE public.purchases ALTER COLUMN amount TYPE numeric(12,2)",
    "DROP INDEX public.orders_amount_idx",
    "CREATE INDEX CONCURRENTLY purchases_due_idx ON public.purchases (due_on)",
    "ALTER TABLE public.ledger ADD COLUMN booked_at timestamptz",
    "GRANT SELECT (order_id), UPDATE ON public.purchases TO {bob} WITH GRANT OPTION",
    "GRANT SELECT ON public.ledger TO {bob}",
    "CREATE TABLE public.gone (a integer)",
    "DROP TABLE public.gone",
)
_REHASHED = (
    "UPDATE {t} SET object_identity = 'public.b', hash_diff = sha256(convert_to(jsonb_build_array(object_bk, object_type, "
    "'public.b', cause, to_jsonb(grantees), definition)::text, 'UTF8')) WHERE {a}"
)
_MOVED = (
    "UPDATE {t} AS t SET script_execution_hk = o.script_execution_hk, load_date = o.load_date "
    "FROM script_tracking.current_execution AS o WHERE o.script_name = 'nightly' AND {a}"
)
_CHANGED = {
    "text": ("UPDATE {t} SET object_identity = 'public.b' WHERE {a}", "does not match its hash"),
    "hash": (_REHASHED, "the 1 versions of objects"),
    "gone": ("DELETE FROM {t} WHERE {a}", "the 0 versions of objects"),
    # Otherwise the schema of the source could not be read in the vault.
    "never": ("UPDATE {t} SET load_date = 'infinity' WHERE {a}", "the 0 versions of objects"),
    "form": ("UPDATE {t} SET definition = '[]' WHERE {a}", "is not in the form of a version"),
    # To an operation, which has no digest of objects.
    "moved": (_MOVED, "(nightly) are not those that it recorded"),
}
_QUESTIONS = (
    ("blame", "public.purchases"),
    ("blame", "public.orders_amount_idx"),
    ("blame", "public.purchases_due_idx"),
    ("log", "public.orders"),
    ("log", '"Odd Schema"."Order ""Items"""'),
    ("diff", "--since", "1h"),
    ("grants", "--to", "{bob}"),
)


def base(vault: Vault) -> str:
    """Return a database with tables that are older than its record, to copy: so two sources have the same oids."""
    conninfo = vault.sandbox.database(vault.template)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for trigger in _TRIGGERS:
            connection.execute(f"ALTER EVENT TRIGGER {trigger} DISABLE".encode())
        connection.execute("CREATE TABLE public.ledger (ledger_id bigint PRIMARY KEY, side text)")
        connection.execute("CREATE INDEX ledger_side_idx ON public.ledger (side)")
        for trigger in _TRIGGERS:
            connection.execute(f"ALTER EVENT TRIGGER {trigger} ENABLE".encode())
        return str(connection.info.dbname)


def asked(conninfo: str, *words: str) -> tuple[int, str, str]:
    """Return what a command answers, in a format for programs."""
    output = () if words[0] == "schema" and "--format" not in words else ("--format", "jsonl")
    answer = run_dbtrack(*words, "-d", conninfo, *output, "--utc")
    return answer.returncode, answer.stdout, answer.stderr


def push(source: Source) -> subprocess.CompletedProcess[str]:
    pushed = source.push("-v")
    assert pushed.stderr.startswith("dbtrack: pushed")
    return pushed


@pytest.fixture(scope="module")
def sources(vault: Vault) -> tuple[Source, Source, str]:
    """Two sources with a busy history and the same oids, whose record is pushed, and the role that they granted to."""
    template, bob = base(vault), vault.sandbox.role("bob")
    red, blue = vault.source("red", template), vault.source("blue", template)
    for source in (red, blue):
        done(run_dbtrack("maintain", "-d", source.conninfo))
        source.sql(*(statement.replace("{bob}", bob) for statement in _BUSY))
    blue.sql("ALTER TABLE public.ledger DROP COLUMN side", "CREATE TABLE public.only_blue (b integer)")
    # A transaction that ends only after the push, and of which a part has its own number.
    with psycopg.connect(red.conninfo) as slow:
        slow.execute("SAVEPOINT inner_transaction")
        slow.execute("CREATE TABLE public.slow (a integer)")
        red.seal()
        assert "versions of objects" in push(red).stderr
        slow.commit()
    blue.seal()
    assert "1 versions of objects" in push(red).stderr
    assert "versions of objects" in push(blue).stderr
    assert "versions of objects" not in push(red).stderr
    return red, blue, bob


def test_it_is_the_same_in_the_vault_and_each_source_has_its_own(
    vault: Vault, sources: tuple[Source, Source, str]
) -> None:
    red, blue, bob = sources
    keys = {source.database.value("SELECT 'public.ledger'::regclass::oid") for source in (red, blue)}
    assert len(keys) == 1
    for name, source in (("red", red), ("blue", blue)):
        assert vault.objects(name) == source.database.value(OBJECTS)
    moment = str(red.database.value("SELECT clock_timestamp()"))
    questions = [
        *_QUESTIONS,
        ("schema", "--as-of", moment),
        ("blame", "public.ledger", "--as-of", moment),
    ]
    for name, source in (("red", red), ("blue", blue)):
        # The index went with its column in blue, and only the record knows of it.
        own = [("blame", "public.ledger_side_idx", "--as-of", moment)] if name == "red" else []
        for question in [*(questions if name == "red" else questions[::4]), *own]:
            words = [word.replace("{bob}", bob) for word in question]
            there, here = asked(source.conninfo, *words), asked(vault.conninfo, *words, "--source", name)
            assert here == there, (name, words)
            assert there[0] == 0, there


def test_each_sees_its_own(vault: Vault, sources: tuple[Source, Source, str]) -> None:
    red, _, _ = sources
    assert_names_are_of_the_source(vault)
    assert_nothing_is_mixed(vault)
    assert_tenants_stay_apart(vault, red)


def test_it_is_proven(vault: Vault, sources: tuple[Source, Source, str]) -> None:
    red, blue, _ = sources
    assert vault.findings("red") == vault.findings("blue") == []
    # A push that ended before it noted what it had sent sends that again, and nothing changes.
    before = vault.objects("red")
    red.sql("UPDATE script_tracking.event_endpoint SET configuration = configuration - 'objects'")
    assert "0 events" in push(red).stderr
    assert (vault.objects("red"), vault.findings("red")) == (before, [])
    assert_the_vault_verifies(vault)
    assert_nobody_adds_to_another_source(vault, red, blue)


def assert_names_are_of_the_source(vault: Vault) -> None:
    assert "2 functions" in asked(vault.conninfo, "blame", "public.total", "--source", "red")[2]
    code, _, said = asked(vault.conninfo, "log", "public.only_blue", "--source", "red")
    assert (code, "no object called public.only_blue" in said) == (2, True)


def assert_nothing_is_mixed(vault: Vault) -> None:
    """Without --source, the vault answers for its own database, and names its sources."""
    code, shown, said = asked(vault.conninfo, "log", "public.ledger")
    assert (code, shown) == (2, "")
    assert "--source blue, red" in said
    assert asked(vault.conninfo, "diff", "--since", "1h")[1] == ""
    assert "ledger" not in asked(vault.conninfo, "schema")[1]
    vault.database.raw.execute("CREATE TABLE public.ledger (of_the_vault integer)")
    code, shown, _ = asked(vault.conninfo, "blame", "public.ledger")
    assert (code, "of_the_vault" in shown, "side" in shown) == (0, True, False)
    # maintain takes the objects of the sources neither for lost nor for restored ones.
    before = vault.objects("red"), vault.objects("blue")
    for _ in range(2):
        done(run_dbtrack("maintain", "-d", vault.conninfo))
    assert (vault.objects("red"), vault.objects("blue")) == before
    assert vault.value("SELECT count(*) FROM script_tracking.object_same_l") == 0


def assert_tenants_stay_apart(vault: Vault, red: Source) -> None:
    red.sql(
        "SELECT script_tracking.add_tenant('acme')",
        "CREATE SCHEMA acme",
        "SELECT script_tracking.map_tenant_schema('acme', 'acme')",
        "CREATE TABLE acme.secret (a integer)",
    )
    done(red.push())
    login = vault.sandbox.role("acme_red", member_of=["dbtrack_reader"])
    done(run_dbtrack("tenant", "grant", login, "red/acme", "-d", vault.conninfo))
    own = f"{vault.conninfo} user={login}"
    assert asked(own, "log", "acme.secret", "--source", "red")[0] == 0
    assert asked(own, "log", "public.purchases", "--source", "red")[0] == 2
    assert asked(own, "schema", "--source", "red")[1].count("CREATE TABLE") == 1


def assert_nobody_adds_to_another_source(vault: Vault, red: Source, blue: Source) -> None:
    """A version that names an execution of another source is a finding, and is not taken."""
    key, load_date = red.database.rows(
        "SELECT script_execution_hk, load_date FROM script_tracking.object_s WHERE object_identity = 'public.late'"
    )[0]
    blue.database.raw.execute(
        "UPDATE script_tracking.object_s SET script_execution_hk = %s, load_date = %s, recorded_by = pg_current_xact_id() "
        "WHERE object_identity = 'public.only_blue'",
        (key, load_date),
    )
    before = vault.objects("blue")
    assert blue.push().returncode == 3
    assert [kind for kind, _ in vault.findings("blue")] == ["foreign"]
    assert vault.objects("blue") == before


def assert_the_vault_verifies(vault: Vault) -> None:
    """Its own verify covers the versions of the sources: one that somebody alters in the vault is found."""
    done(run_dbtrack("seal", "-d", vault.conninfo))
    whole = run_dbtrack("verify", "-d", vault.conninfo)
    assert (whole.returncode, "are not proven" in whole.stderr) == (0, False), whole
    vault.database.raw.execute(
        "UPDATE script_tracking.object_s SET object_identity = 'public.other' WHERE object_bk LIKE 'red/%' "
        "AND object_identity = 'public.late'"
    )
    altered = run_dbtrack("verify", "-d", vault.conninfo)
    assert (altered.returncode, "public.other does not match its hash" in altered.stdout) == (3, True)
    vault.database.raw.execute(
        "UPDATE script_tracking.object_s SET object_identity = 'public.late' WHERE object_identity = 'public.other'"
    )


def test_what_was_changed_before_the_push_is_found(vault: Vault) -> None:
    source = vault.source("altered")
    source.sql("CREATE TABLE public.first (n integer)")
    done(source.push())
    source.sql(*(f"CREATE TABLE public.{name} (n integer)" for name in _CHANGED))
    source.sql("SELECT script_tracking.complete_operation(script_tracking.track_operation('nightly'))")
    source.seal()
    for name, (change, _) in _CHANGED.items():
        source.sql(change.format(t="script_tracking.object_s", a=f"object_identity = 'public.{name}'"))
    assert source.push().returncode == 3
    found = vault.findings("altered")
    for _, words in _CHANGED.values():
        assert any(kind == "seal" and words in details for kind, details in found), (words, found)
    # No time that a source sends stops maintain.
    done(run_dbtrack("maintain", "-d", vault.conninfo))
    verified = run_dbtrack("verify", "-d", vault.conninfo).stdout
    assert "no execution has recorded this version of public.moved" in verified
    # After it was accepted, it is not found again.
    assert run_dbtrack("vault", "accept", "altered", "-d", vault.conninfo, "--reason", "seen").returncode == 0
    source.sql("CREATE TABLE public.c (n integer)")
    source.seal()
    done(source.push())
    assert vault.findings("altered") == []


def test_a_version_that_changed_after_it_had_arrived(vault: Vault) -> None:
    source = vault.source("rewriting")
    source.sql("CREATE TABLE public.a (n integer)")
    done(source.push())
    source.sql("UPDATE script_tracking.object_s SET version_number = 1")
    done(run_dbtrack("endpoint", "resume", "vault", "--since", "1h", "-d", source.conninfo))
    assert source.push().returncode == 3
    ((kind, details),) = vault.findings("rewriting")
    assert (kind, "the version of public.a" in details, json.dumps(details).count("differs")) == (
        "rewritten",
        True,
        1,
    )


def test_what_a_restore_linked(vault: Vault) -> None:
    """An object that a restore gave another key has one history, also where the parts got their numbers later."""
    source = vault.source("restored")
    source.sql(
        "CREATE TABLE public.old (a integer, b text)",
        "ALTER TABLE public.old ADD COLUMN c integer",
        "DROP TABLE public.old",
        "CREATE TABLE public.new (b text, a integer, c integer)",
        # As maintain writes it after a restore.
        "INSERT INTO script_tracking.object_same_l (object_same_hk, old_object_hk, new_object_hk, load_date, script_execution_hk, "
        "record_source) SELECT sha256(o.object_hk || n.object_hk), o.object_hk, n.object_hk, n.load_date, n.script_execution_hk, 'test' "
        "FROM script_tracking.object_s AS o CROSS JOIN script_tracking.object_s AS n WHERE o.object_identity = 'public.old' "
        "AND n.object_identity = 'public.new' LIMIT 1",
    )
    for numbers in (None, '{"column 1": "column 2", "column 2": "column 1"}'):
        if numbers is not None:
            source.sql(f"UPDATE script_tracking.object_same_l SET renumbered = '{numbers}'")
        done(source.push())
        there = asked(source.conninfo, "log", "public.new")
        assert asked(vault.conninfo, "log", "public.new", "--source", "restored") == there
        assert there[1].count("public.old") > 1


def test_older_sources_and_vaults(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    source = vault.source("older")
    source.sql("CREATE TABLE public.a (n integer)")
    source.seal()
    use_endpoint(source.database, "vault", shown_destination(source.words[1]), only_new=False)
    push_as_before(source, monkeypatch)
    # A source that sends no versions of objects: none is missed.
    assert (vault.findings("older"), vault.objects("older")) == ([], None)
    assert vault.sources()["older"]["verified_rows"] == 1
    function = "script_tracking.receive_objects(text, jsonb, json)"
    vault.database.raw.execute(f"ALTER FUNCTION {function} RENAME TO receive_nothing".encode())
    try:
        refused = source.push()
    finally:
        renamed = function.replace("receive_objects", "receive_nothing")
        vault.database.raw.execute(f"ALTER FUNCTION {renamed} RENAME TO receive_objects".encode())
    assert (refused.returncode, "upgrade the vault" in refused.stderr) == (1, True)
    # After the upgrade of both, what was left out arrives.
    done(source.push())
    assert vault.objects("older") == source.database.value(OBJECTS) is not None
    assert vault.findings("older") == []


def push_as_before(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Push as a source without the step for versions of objects does."""
    receiver = receiver_of(source.words[1], None, os.environ)
    cursor = endpoint_cursor(source.database, "vault", warn=lambda _: None)
    with monkeypatch.context() as patched:
        patched.setattr(UnsentObjects, "send", lambda *_: (0, 0))
        patched.setattr(UnsentObjects, "memory", lambda _: {})
        before = Push(source.database, "vault", cursor, receiver)
        before.round()
        before.release()
    receiver.close()
