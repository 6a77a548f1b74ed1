"""An archive that was copied to S3 is read there, and an altered one is not answered from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dbtrack import archive
from dbtrack.db import Database
from tests.support.command_line import done, run_dbtrack
from tests.support.digest_places import Storage, moto_storage
from tests.support.history import past_execution

pytestmark = pytest.mark.any_server

_PLACE = "s3://backup/db/shop"


@pytest.fixture
def bucket(tmp_path: Path) -> Iterator[Storage]:
    with moto_storage(tmp_path) as storage:
        storage.make_bucket("backup", lock=False)
        yield storage


def test_an_archive_in_s3(installed: Database, bucket: Storage, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for days in (100, 200, 201):
        past_execution(installed, f"old {days}", now - timedelta(days=days))
    directory = tmp_path / "archive"
    archive.cleanup(installed, directory, days=60)

    def put(path: Path, content: bytes) -> None:
        bucket.client.put_object(Bucket="backup", Key=f"db/shop/{path.name}", Body=content)

    for path in directory.iterdir():
        put(path, path.read_bytes())
    words = ("SELECT script_name FROM executions ORDER BY 1", "--format", "csv")
    there = run_dbtrack("archive", "query", _PLACE, *words, environment=bucket.environment)
    assert done(there) == done(run_dbtrack("archive", "query", str(directory), *words))
    assert done(there).count("old ") == 3
    assert run_dbtrack("archive", "list", _PLACE, environment=bucket.environment).returncode == 0
    victim = min(directory.glob("*.parquet"))
    altered = bytearray(victim.read_bytes())
    altered[len(altered) // 2] ^= 1
    put(victim, bytes(altered))
    victim.write_bytes(altered)
    for place in (_PLACE, str(directory)):
        refused = run_dbtrack("archive", "query", place, *words, environment=bucket.environment)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (3, "", 1)
        assert f"{place}/{victim.name} was altered" in refused.stderr
        assert run_dbtrack("archive", "list", place, environment=bucket.environment).returncode == 3
    bucket.client.delete_object(Bucket="backup", Key=f"db/shop/{victim.name}")
    missing = run_dbtrack("archive", "query", _PLACE, *words, environment=bucket.environment)
    assert (missing.returncode, f"{_PLACE}/{victim.name} is missing" in missing.stderr) == (3, True)
    refused = run_dbtrack(
        *("archive", "restore", _PLACE, "-d", installed.raw.info.dsn), environment=bucket.environment
    )
    assert (refused.returncode, f"{_PLACE}/{victim.name} was altered" in refused.stderr) == (1, True)
