"""Each kind of command that fires event triggers is recorded: once, with its objects, truly."""

from __future__ import annotations

import contextlib
import re

import psycopg
import pytest

from tests.database.capture.ddl_kinds import KINDS, Kind
from tests.support.paths import DOCS
from tests.support.recorded import Record, Recorded
from tests.support.servers import Server

pytestmark = pytest.mark.every_server

PAGE = DOCS / "capture.md"
# What needs more than a row of the table: test_capture_outside.py.
ELSEWHERE = {"IMPORT FOREIGN SCHEMA", "SECURITY LABEL"}
TAGS = {kind.tag for kind in KINDS} | ELSEWHERE


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.alone], ids=str)
def test_a_command_is_recorded_once_with_its_objects(
    shared_record: Record, server: Server, kind: Kind
) -> None:
    shared_record.warnings.clear()
    with shared_record.connection.transaction(force_rollback=True):
        check(shared_record, server, kind)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.alone], ids=str)
def test_a_command_outside_a_transaction_is_recorded(record: Record, server: Server, kind: Kind) -> None:
    check(record, server, kind)


def test_the_table_has_every_command_that_fires(shared_record: Record, server: Server) -> None:
    firing = {command for command in known_commands(server) if fires(shared_record, command)}
    expected = {kind.tag for kind in KINDS if kind.since <= server.major} | ELSEWHERE
    assert firing == expected


def test_the_documentation_has_every_command() -> None:
    rows = re.findall(r"^\| `([A-Z ]+)` \| (\S[^|]*) \| (\S[^|]*) \|$", PAGE.read_text(), re.MULTILINE)
    documented = [tag for tag, _captured, _objects in rows]
    assert documented == sorted(TAGS), "change the table 'Every command' of docs/capture.md"


def check(record: Record, server: Server, kind: Kind) -> None:
    if server.major in kind.lacking:
        pytest.skip(f"the PostgreSQL {server.major} of these tests brings no {kind.extension}")
    if kind.before:
        record.connection.execute(kind.before.encode())
    if server.major < kind.since:
        assert nothing_recorded(record, kind.statement)
        return
    [execution] = record.of(kind.statement)
    assert execution.tag == kind.tag
    assert execution.status == "COMPLETED"
    assert execution.login == record.connection.info.user
    assert execution.statement == (kind.stored or kind.statement)
    assert objects_of(execution) == sorted(kind.objects_on(server.major).items())
    assert execution.metadata.get("extension_members", 0) >= kind.members
    assert [warning for warning in record.warnings if "dbtrack" in warning] == []


def nothing_recorded(record: Record, statement: str) -> bool:
    before = record.mark()
    with contextlib.suppress(psycopg.Error), record.connection.transaction():
        record.connection.execute(statement.encode())
    return record.since(before) == []


def objects_of(execution: Recorded) -> list[tuple[str, str]]:
    """Return each object's identity and type, and fail where one stands twice."""
    types = execution.metadata.get("object_types", [])
    assert len(set(execution.objects)) == len(execution.objects) == execution.metadata["object_count"]
    return sorted(zip(execution.objects, types, strict=True))


def known_commands(server: Server) -> set[str]:
    """Return the commands that the server's own psql has help on."""
    # Two columns, of which the longest command fills the first.
    lines = server.psql("\\h").splitlines()[1:]
    return {half.strip() for line in lines for half in (line[:35], line[35:])} - {""}


def fires(record: Record, command: str) -> bool:
    """Return whether the server takes a trigger on this command."""
    statement = (
        f"CREATE EVENT TRIGGER probe ON ddl_command_end WHEN TAG IN ('{command}')"
        " EXECUTE FUNCTION script_tracking.event_trigger_ddl_end()"
    )
    try:
        with record.connection.transaction(force_rollback=True):
            record.connection.execute(statement.encode())
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.SyntaxError):
        return False
    return True
