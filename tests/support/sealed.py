"""A sealed record, for the tests of what happens to it next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dbtrack.config import ConnectionOptions, resolve_target
from dbtrack.db import Database
from dbtrack.proof.blocks import Finding
from dbtrack.proof.digest import Digest
from dbtrack.proof.seal import seal
from dbtrack.proof.verification import Verification
from dbtrack.proof.verify import VerifyScope, verify

_ALL = VerifyScope(jobs=1)


def record_some(database: Database, count: int = 5) -> None:
    """Record executions of one version and of two, and a DDL inside one."""
    key = b""
    for number in range(count):
        key = database.value("SELECT script_tracking.track_operation(%(name)s)", {"name": f"run {number}"})
        if number % 2:
            database.execute("SELECT script_tracking.complete_operation(%(key)s)", {"key": key})
    with database.transaction():
        name = {"key": key.hex()}
        database.execute("SELECT set_config('dbtrack.execution', %(key)s, true)", name)
        database.execute("CREATE TABLE made_inside (id int)")


def sealed(database: Database) -> None:
    """Record some and seal it."""
    record_some(database)
    assert seal(database).leaves > 0


def verified(
    conninfo: str,
    digests: Sequence[Digest] = (),
    *,
    scope: VerifyScope = _ALL,
    public_key: bytes | None = None,
) -> Verification:
    """Verify a database; the digests are said to be of files 0, 1, …."""
    target = resolve_target(ConnectionOptions(dbname=conninfo), {})
    files = [(Path(str(number)), digest) for number, digest in enumerate(digests)]
    return verify(target, scope, files, public_key=public_key)


def kinds(findings: Sequence[Finding]) -> list[str]:
    """The kinds of the findings, in order."""
    return [finding.kind.value for finding in findings]
