"""The copy of a schema is kept for the next prediction, and a stale one is never used."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbtrack import embedded
from dbtrack.predict import kept_copies, scope
from dbtrack.predict.model import Lock, Outcome, Report
from tests.support.predicted import Predictor, create_shop
from tests.support.servers import Sandbox

pytestmark = pytest.mark.any_server  # the copy is on a server of its own

_BLOCK = "DO $$BEGIN ALTER TABLE narrow ADD COLUMN added int; END$$"
_KEPT = "from a kept copy"


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the schema of the tests as a large one."""
    monkeypatch.setattr(scope, "FEWEST_OBJECTS", 0)
    monkeypatch.setattr(kept_copies, "FEWEST_OBJECTS", 0)


@pytest.fixture
def fresh(_module_sandbox: Sandbox, copies: Path) -> Predictor:
    """Predicts on a database of its own, while no copy is kept."""
    for name in _databases(copies, "dbtrack_kept%"):
        with _server(copies) as connection:
            connection.execute(f"DROP DATABASE {name}".encode())
    return Predictor(create_shop(_module_sandbox.database), copies)


def _server(path: Path) -> psycopg.Connection[tuple[Any, ...]]:
    running = embedded.status(path)
    assert running is not None
    return psycopg.connect(**running.keywords(), autocommit=True)  # type: ignore[arg-type]


def _databases(path: Path, like: str) -> list[str]:
    with _server(path) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", (like,))
        return [row[0] for row in rows]


def _change(predictor: Predictor, statement: str) -> None:
    with psycopg.connect(predictor.conninfo, autocommit=True) as connection:
        connection.execute(statement.encode())


def _locks(report: Report) -> dict[str, Lock | None]:
    (found,) = report.predictions
    assert found.outcome is Outcome.PREDICTED
    return {effect.identity: effect.lock for effect in found.effects}


def test_a_stale_copy_is_never_used(fresh: Predictor) -> None:
    first, second = fresh.report(_BLOCK), fresh.report(_BLOCK)
    assert _KEPT not in first.contents
    assert _KEPT in second.contents
    assert "because line 1 is DO" in second.contents
    assert _locks(first) == _locks(second) == {"public.narrow": Lock.ACCESS_EXCLUSIVE}
    assert second.missing == first.missing
    # What decides the locks changes, without a word that dbtrack could have recorded.
    _change(fresh, "CREATE TABLE heir_of_narrow () INHERITS (narrow)")
    third = fresh.report(_BLOCK)
    assert _KEPT not in third.contents
    assert _locks(third)["public.heir_of_narrow"] is Lock.ACCESS_EXCLUSIVE
    _change(fresh, "DROP TABLE heir_of_narrow")
    assert _locks(fresh.report(_BLOCK)) == _locks(first)
    assert _databases(fresh.copies, r"dbtrack\_predict\_%") == []


def test_only_what_may_be_kept_is_kept(fresh: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fresh.report(_BLOCK, uses_kept=False).contents.startswith("the whole schema")
    # A part of the schema is not kept: it is quick to restore.
    assert "which the statements can touch" in fresh.report("ALTER TABLE narrow ADD COLUMN z int").contents
    _change(fresh, "CREATE FUNCTION leak() RETURNS text LANGUAGE sql AS $$SELECT 'password=hunter2'$$")
    fresh.report(_BLOCK)
    assert _databases(fresh.copies, "dbtrack_kept%") == []
    _change(fresh, "DROP FUNCTION leak()")
    fresh.report(_BLOCK)
    (kept,) = _databases(fresh.copies, "dbtrack_kept%")
    with _server(fresh.copies) as connection:
        row = connection.execute(
            "SELECT datallowconn, pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", (kept,)
        ).fetchone()
    # No statement of a script reaches it.
    assert row == (False, "postgres")
    # After a restart of the machine nothing is trusted: the server writes nothing durably.
    monkeypatch.setattr(kept_copies, "boot_id", lambda: "another")
    assert _KEPT not in fresh.report(_BLOCK).contents
    assert _KEPT in fresh.report(_BLOCK).contents
    monkeypatch.setattr(kept_copies, "MOST_DAYS", 0)
    fresh.report("ALTER TABLE narrow ADD COLUMN z int")
    assert _databases(fresh.copies, "dbtrack_kept%") == []


def test_a_number_of_copies_is_kept(fresh: Predictor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_copies, "MOST_KEPT", 1)
    fresh.report(_BLOCK)
    before = _databases(fresh.copies, "dbtrack_kept%")
    _change(fresh, "CREATE TABLE one_more ()")
    fresh.report(_BLOCK)
    fresh.report(_BLOCK)  # each begins by cleaning up
    after = _databases(fresh.copies, "dbtrack_kept%")
    assert len(before) == len(after) == 1
    assert before != after


def test_predictions_at_once_do_not_disturb_each_other(fresh: Predictor) -> None:
    with _server(fresh.copies) as connection:
        connection.execute("CREATE DATABASE dbtrack_predict_0badcafe")  # of a killed prediction
    reports: list[Report] = []
    threads = [threading.Thread(target=lambda: reports.append(fresh.report(_BLOCK))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [_locks(report) for report in reports] == [{"public.narrow": Lock.ACCESS_EXCLUSIVE}] * 3
    assert len(_databases(fresh.copies, "dbtrack_kept%")) == 1
    assert _databases(fresh.copies, r"dbtrack\_predict\_%") == []
    assert embedded.status(fresh.copies) is not None  # it ran before


def test_what_fails_on_a_part_is_tried_on_the_whole(fresh: Predictor) -> None:
    _change(fresh, "CREATE TABLE hidden (id int)")
    _change(
        fresh,
        "CREATE FUNCTION count_hidden() RETURNS int LANGUAGE plpgsql STABLE AS "
        "$$BEGIN RETURN (SELECT count(*) FROM hidden); END$$",
    )
    # The code of a function is read for names.
    added = fresh.report("ALTER TABLE narrow ADD COLUMN z int DEFAULT count_hidden()")
    assert "which the statements can touch" in added.contents
    assert added.predictions[0].outcome is Outcome.PREDICTED
    failing = fresh.report("ALTER TABLE narrow ADD COLUMN b int")
    assert failing.contents.startswith("the whole schema")
    assert failing.predictions[0].sqlstate == "42701"
