"""What an earlier version sealed holds after an upgrade, can be erased, and proves what it proved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dbtrack import schema
from dbtrack.db import Database
from dbtrack.proof.check_proof import check_proof
from dbtrack.proof.digest_file import current_digest
from dbtrack.proof.erase import erase
from dbtrack.proof.prove import prove
from dbtrack.proof.seal import seal
from tests.database.schema.test_upgrade import open_earlier
from tests.support.paths import CORPUS
from tests.support.sealed import kinds, record_some, verified

_SEAL_FORMAT_1 = CORPUS / "seal_format_1.sql"
_ROWS = """
    WITH hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, load_date, record_source)
        SELECT sha256(convert_to(n.name, 'UTF8')), n.name, now() - interval '1 hour' * n.position, 'tracker_api@old'
        FROM unnest(ARRAY['hers', 'of her', 'another']) WITH ORDINALITY AS n (name, position)
        RETURNING *
    )
    INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
        execution_status, execution_timestamp, db_session_user, affected_objects, sql_command, metadata, record_source)
    SELECT h.script_execution_hk, h.load_date, sha256('x'), h.script_execution_bk, 'MANUAL', 'COMPLETED', h.load_date,
        CASE h.script_execution_bk WHEN 'hers' THEN 'alice' ELSE 'bob' END, '{public.t}',
        CASE h.script_execution_bk WHEN 'of her' THEN 'GRANT x TO alice' ELSE 'SELECT 1' END,
        '{"duration_us": 1.50, "email": "x@y.z"}', 'tracker_api@old'
    FROM hub AS h
"""


@pytest.fixture
def upgraded(empty_conninfo: str) -> Iterator[Database]:
    """A database whose record an earlier version sealed, in two blocks, and that was upgraded."""
    with open_earlier(empty_conninfo, 10) as connection:
        database = Database.wrap(connection)
        sealing_as_earlier(database)
        for _ in range(2):
            with database.transaction():
                database.execute("SELECT script_tracking.seal_step(2)")
        schema.install(database)
        assert database.rows("SELECT block_number, leaf_count FROM script_tracking.seal_block") == [
            (1, 2),
            (2, 1),
        ]
        yield database


def sealing_as_earlier(database: Database) -> None:
    """Put in the functions that sealed then, and rows for them."""
    database.run_script(
        f"SET ROLE dbtrack_owner; {_SEAL_FORMAT_1.read_text()}; RESET ROLE;"
        " INSERT INTO script_tracking.installed_routine SELECT p.oid::regprocedure::text, ''"
        " FROM pg_proc AS p WHERE p.pronamespace = 'script_tracking'::regnamespace"
    )
    database.run_script(_ROWS)


def key_of(database: Database, name: str) -> bytes:
    key: bytes = database.value("SELECT sha256(convert_to(%(name)s, 'UTF8'))", {"name": name})
    return key


@pytest.mark.every_server
def test_blocks_of_an_earlier_version_verify_and_the_chain_continues(
    upgraded: Database, empty_conninfo: str
) -> None:
    assert verified(empty_conninfo).findings == []
    digest = current_digest(upgraded, None)
    record_some(upgraded)
    assert seal(upgraded).last_block == 3
    result = verified(empty_conninfo, [digest])
    assert (result.findings, result.blocks) == ([], 3)
    upgraded.execute(
        "UPDATE script_tracking.script_execution_s SET sql_command = 'x' WHERE script_name IN ('hers', 'run 0')"
    )
    assert kinds(verified(empty_conninfo).findings) == ["altered", "altered"]


def test_a_proof_over_both_formats_holds_and_shows_what_was_sealed(upgraded: Database) -> None:
    record_some(upgraded)
    seal(upgraded)
    digest = current_digest(upgraded, None)
    proof = prove(upgraded, key_of(upgraded, "of her"), [digest], reveal=True)
    (row,) = check_proof(proof.text().encode(), None).rows
    shown = ("db_session_user", "sql_command", "affected_objects", "metadata")
    assert [row.attributes[name] for name in shown] == [
        "bob", "GRANT x TO alice", ["public.t"], {"duration_us": 1.50},
    ]  # fmt: skip
    assert len(proof.document["blocks"]) == 3  # type: ignore[arg-type]


def test_what_was_sealed_earlier_is_erased_and_not_rewritten(upgraded: Database, empty_conninfo: str) -> None:
    assert erase(upgraded, "alice", "request 4711").versions == 2
    seal(upgraded)
    result = verified(empty_conninfo)
    assert (result.findings, result.erased) == ([], 2)
    rows = upgraded.rows(
        "SELECT db_session_user, sql_command FROM script_tracking.script_execution_s"
        " WHERE record_source = 'tracker_api@old' ORDER BY script_name"
    )
    assert rows == [("bob", "SELECT 1"), ("[erased]", "SELECT 1"), ("bob", "[erased]")]
    upgraded.execute(
        "UPDATE script_tracking.script_execution_s SET db_session_user = 'mallory' WHERE script_name = 'hers'"
    )
    assert kinds(verified(empty_conninfo).findings) == ["erasure"]


def test_an_erasure_of_an_earlier_version_still_covers_what_it_took(
    empty_conninfo: str,
) -> None:
    with open_earlier(empty_conninfo, 10) as connection:
        database = Database.wrap(connection)
        sealing_as_earlier(database)
        database.run_script(_OLD_ERASURE)
        with database.transaction():
            database.execute("SELECT script_tracking.seal_step()")
        schema.install(database)
        result = verified(empty_conninfo)
        assert (result.findings, result.erased) == ([], 1)


# It took the salts, and left the words as they are: of these a single object's name was erased.
_OLD_ERASURE = """
    SELECT script_tracking.seal_step();
    INSERT INTO script_tracking.script_execution_h
        (script_execution_hk, script_execution_bk, load_date, record_source)
    VALUES (sha256('erase'), 'dbtrack erase', now(), 'erase@old');
    INSERT INTO script_tracking.script_execution_s (script_execution_hk, load_date, hash_diff, script_name, script_type,
        execution_status, execution_timestamp, db_session_user, metadata, record_source)
    VALUES (sha256('erase'), now(), sha256('x'), 'dbtrack erase', 'MAINTENANCE', 'COMPLETED', now(),
        'dba', '{"rows_erased": 1}', 'erase@old');
    UPDATE script_tracking.script_execution_s SET affected_objects = '{public.t,[erased]}', hash_diff = sha256('y')
    WHERE script_name = 'of her';
    UPDATE script_tracking.seal_leaf SET person_salt = NULL, text_salt = NULL, erased_by = sha256('erase')
    WHERE record_hk = sha256('of her');
"""
