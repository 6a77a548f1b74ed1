"""Secret metadata from the command line and the API to the table and back, and nowhere in the clear."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pytest

from dbtrack import Tracker
from dbtrack.db import Database
from dbtrack.errors import UsageError
from tests.support.command_line import done, rows, run_dbtrack
from tests.support.dumps import content
from tests.support.servers import Server
from tests.support.spooled import Place

pytestmark = pytest.mark.any_server

VALUE = "hunter2-Zq7Xmark"
_CURRENT = (
    "SELECT encode(script_execution_hk, 'hex') FROM script_tracking.current_execution WHERE script_name = %s"
)


class Vault:
    """A database, a key, and a secret in a variable."""

    def __init__(self, place: Place, key: Path) -> None:
        self.place = place
        self.environment = {
            **place.environment,
            "DBTRACK_KEY": f"prod-2026=file:{key}",
            "DB_PASSWORD": VALUE,
        }

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_dbtrack(*words, environment={**self.environment, **environment})

    def key_of(self, name: str) -> str:
        with psycopg.connect(self.place.conninfo) as connection:
            [row] = connection.execute(_CURRENT, (name,)).fetchall()
        return str(row[0])

    def stored(self) -> str:
        return "\n".join(row for table in content(self.place.conninfo).values() for row in table)


@pytest.fixture
def vault(server: Server, installed_conninfo: str, tmp_path: Path) -> Vault:
    key = tmp_path / "prod.key"
    made = run_dbtrack("key", "new", str(key))
    assert made.returncode == 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text().strip() not in made.stderr
    return Vault(Place(server, installed_conninfo, tmp_path / "spool"), key)


def test_a_wrapped_command_keeps_its_secret_encrypted(vault: Vault) -> None:
    done(vault.run("track", "load", "--secret", "DB_PASSWORD", "--", "true"))
    assert VALUE not in vault.stored()
    key = vault.key_of("load")
    shown = done(vault.run("show", key, "--format", "json"))
    assert "secret: DB_PASSWORD (key prod-2026)" in shown
    assert "ciphertext" not in shown
    assert VALUE not in shown
    assert VALUE in done(vault.run("show", key, "--decrypt"))
    assert f'"bound_to": "{key}"' in vault.stored().replace('""', '"')


def test_an_opened_operation_keeps_its_secret_too(vault: Vault) -> None:
    key = done(vault.run("track", "nightly", "--secret", "p=env:DB_PASSWORD")).strip()
    assert VALUE not in vault.stored()
    assert VALUE in done(vault.run("show", key, "--decrypt", "--format", "jsonl"))
    done(vault.run("complete", key))
    assert VALUE in done(vault.run("show", key, "--decrypt"))


def test_the_spool_holds_ciphertext_alone(vault: Vault) -> None:
    with vault.place.unreachable():
        assert vault.run("track", "late", "--secret", "DB_PASSWORD", "--", "true").returncode == 0
    [file] = vault.place.files()
    assert "ciphertext" in file.read_text()
    assert VALUE not in file.read_text()
    vault.run("spool", "flush")
    assert VALUE not in vault.stored()
    assert VALUE in done(vault.run("show", vault.key_of("late"), "--decrypt"))


def test_the_api_encrypts_too(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBTRACK_KEY", vault.environment["DBTRACK_KEY"])
    with Tracker(vault.place.conninfo) as tracker, tracker.operation("api", secrets={"password": VALUE}):
        pass
    assert VALUE not in vault.stored()
    assert VALUE in done(vault.run("show", vault.key_of("api"), "--decrypt"))


def test_a_batch_and_the_decorator_encrypt_too(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBTRACK_KEY", vault.environment["DBTRACK_KEY"])
    secrets = {"password": VALUE}
    with Tracker(vault.place.conninfo) as tracker:
        tracker.track("decorated", secrets=secrets)(lambda: None)()
        with tracker.batch(metadata={"host": "etl1"}) as batch:
            with batch.operation("in a batch", secrets=secrets, metadata={"rows": 1}):
                pass
            batch.record("from elsewhere", secrets=secrets)
            monkeypatch.delenv("DBTRACK_KEY")
            with pytest.raises(UsageError):
                batch.record("keyless", secrets=secrets)
    assert VALUE not in vault.stored()
    for name in ("decorated", "in a batch", "from elsewhere"):
        assert VALUE in done(vault.run("show", vault.key_of(name), "--decrypt")), name


def test_a_plain_value_and_a_missing_key_stop_before_anything_is_done(vault: Vault, tmp_path: Path) -> None:
    touched = tmp_path / "ran"
    plain = vault.run("track", "x", "--secret", f"p={VALUE}", "--", "touch", str(touched))
    keyless = vault.run("track", "x", "--secret", "DB_PASSWORD", "--", "touch", str(touched), DBTRACK_KEY="")
    for result in (plain, keyless):
        assert result.returncode == 2
        assert result.stderr.count("\n") == 1
        assert VALUE not in result.stderr
    assert not touched.exists()


def test_a_wrong_key_and_a_moved_secret_are_distinguished(
    vault: Vault, installed_conninfo: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.key"
    run_dbtrack("key", "new", str(other))
    for name in ("one", "two"):
        done(vault.run("track", name, "--secret", "DB_PASSWORD", "--", "true"))
    wrong = vault.run("show", vault.key_of("one"), "--decrypt", DBTRACK_KEY=f"prod-2026=file:{other}")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
    assert "not the key with which it was encrypted" in wrong.stderr
    with psycopg.connect(installed_conninfo) as connection:
        connection.execute(
            "UPDATE script_tracking.script_execution_s AS s SET metadata = (SELECT o.metadata "
            "FROM script_tracking.current_execution AS o WHERE o.script_name = 'two') "
            "WHERE s.script_name = 'one' AND s.load_end_date IS NULL"
        )
    moved = vault.run("show", vault.key_of("one"), "--decrypt")
    assert (moved.returncode, moved.stderr.count("\n")) == (3, 1)
    assert "moved here from execution" in moved.stderr


def test_a_key_never_overwrites_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    path.write_text("precious")
    assert run_dbtrack("key", "new", str(path)).returncode == 1
    assert path.read_text() == "precious"


def test_redaction_is_chosen_at_install(empty_conninfo: str) -> None:
    assert run_dbtrack("install", "-q", "-d", empty_conninfo, "--redact", "all").returncode == 0
    shown = rows(run_dbtrack("settings", "redaction.mode", "-d", empty_conninfo, "--format", "jsonl"))
    assert shown[0]["setting_value"] == "all"
    with psycopg.connect(empty_conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (a text DEFAULT 'open')")
        stored = Database.wrap(connection).value(
            "SELECT max(sql_command) FROM script_tracking.current_execution"
        )
    assert stored == "CREATE TABLE t (a text DEFAULT '')"
