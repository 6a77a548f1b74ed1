"""seal, digest, verify, prove, check-proof and erase, as a user runs them."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof import signing
from dbtrack.proof.digest import read_digests
from dbtrack.proof.digest_file import current_digest, sign_digest, write_digest
from dbtrack.proof.seal import seal
from tests.support.command_line import done, run_dbtrack
from tests.support.history import past_execution
from tests.support.sealed import sealed
from tests.unit.test_files import no_room

pytestmark = pytest.mark.any_server


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A private key, and the file of its public half."""
    private, public = tmp_path / "seal.key", tmp_path / "seal.pub"
    public.write_text(done(run_dbtrack("digest", "--new-key", str(private))))
    return private, public


def test_a_key_is_for_its_owner_only_and_never_overwritten(keys: tuple[Path, Path]) -> None:
    private, _ = keys
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    again = run_dbtrack("digest", "--new-key", str(private))
    assert (again.returncode, "never overwritten" in again.stderr) == (1, True)
    private.chmod(0o644)
    with pytest.raises(DbtrackError, match="others can read"):
        signing.find_key(private, None, {})


def test_a_key_comes_from_a_file_a_command_or_the_environment(keys: tuple[Path, Path]) -> None:
    private, public = keys
    known = signing.read_public_key(public)
    environ = {signing.KEY_VARIABLE: private.read_text()}
    found = [
        signing.find_key(private, None, {}),
        signing.find_key(None, f"cat {private}", {}),
        signing.find_key(None, None, environ),
    ]
    assert [key.public_key for key in found if key] == [known] * 3
    assert signing.find_key(None, None, {}) is None
    with pytest.raises(UsageError, match="not contain an Ed25519 private key"):
        signing.find_key(None, f"cat {public}", {})
    with pytest.raises(DbtrackError, match="failed"):
        signing.find_key(None, "false", {})


def test_from_seal_to_a_proof_that_is_checked_without_a_database(
    installed_conninfo: str, installed: Database, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    private, public = map(str, keys)
    sealed(installed)
    digests = tmp_path / "worm"
    digests.mkdir()
    for _ in range(2):
        taken = run_dbtrack("digest", "-d", installed_conninfo, "--key", private, "--directory", str(digests))
        assert taken.returncode == 0
    [digest] = digests.iterdir()
    assert stat.S_IMODE(digest.stat().st_mode) & 0o222 == 0
    assert private not in digest.read_text()
    where = ("-d", installed_conninfo, "--digests", str(digests))
    verified = run_dbtrack("verify", *where, "--public-key", public, "--format", "json")
    assert (verified.returncode, json.loads(verified.stdout)["rows"]) == (0, [])
    key = installed.value(
        "SELECT script_execution_hk FROM script_tracking.current_execution WHERE script_name = 'run 3'"
    )
    proof = tmp_path / "proof.json"
    done(run_dbtrack("prove", key.hex(), *where, "--reveal", "--output", str(proof)))
    checked = run_dbtrack("check-proof", str(proof), "--public-key", public)
    assert checked.returncode == 0, checked.stderr
    versions = [row for row in json.loads(checked.stdout) if row["kind"] == "version"]
    assert [row["execution_status"] for row in versions] == ["RUNNING", "COMPLETED"]
    assert {row["db_session_user"] for row in versions} == {"postgres"}
    proof.write_text(proof.read_text().replace("COMPLETED", "CANCELLED"))
    forged = run_dbtrack("check-proof", str(proof), "--public-key", public)
    assert (forged.returncode, forged.stdout) == (3, "")
    assert forged.stderr.startswith("dbtrack: ")


def test_an_altered_row_exits_3_and_names_it(installed_conninfo: str, installed: Database) -> None:
    sealed(installed)
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET sql_command = 'x' WHERE script_name = 'run 0'"
    )
    found = run_dbtrack("verify", "-d", installed_conninfo, "--format", "json")
    assert found.returncode == 3
    [row] = json.loads(found.stdout)["rows"]
    assert (row["finding"], row["block_number"]) == ("altered", 1)
    assert "1 findings" in found.stderr


def test_what_was_not_verified_is_not_called_whole(installed_conninfo: str, installed: Database) -> None:
    nothing = run_dbtrack("verify", "-d", installed_conninfo)
    assert nothing.returncode == 0
    assert "NOT PROVEN: 0 of " in nothing.stderr
    assert "whole" not in nothing.stderr
    sealed(installed)
    assert "the record is whole" in run_dbtrack("verify", "-d", installed_conninfo).stderr
    part = run_dbtrack("verify", "-d", installed_conninfo, "--to-block", "1")
    assert "no findings in this part of the record" in part.stderr
    for words in (("--from-block", "2"), ("--from-block", "3", "--to-block", "1")):
        refused = run_dbtrack("verify", "-d", installed_conninfo, *words)
        assert (refused.returncode, "there is no block" in refused.stderr) == (2, True)


def test_a_digest_signed_by_another_is_found(
    installed_conninfo: str, installed: Database, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    sealed(installed)
    stranger = signing.new_key(tmp_path / "stranger.key")
    file = write_digest(current_digest(installed, stranger), tmp_path)
    where = ("verify", "-d", installed_conninfo, "--digests", str(file))
    assert run_dbtrack(*where).returncode == 0
    found = run_dbtrack(*where, "--public-key", str(keys[1]))
    assert (found.returncode, "does not match this public key" in found.stdout) == (3, True)


def test_what_is_missing_is_said_in_one_line(installed_conninfo: str, tmp_path: Path) -> None:
    for words, said in (
        (("digest", "-d", installed_conninfo), "there is no key to sign with"),
        (("digest", "-d", installed_conninfo, "--unsigned"), "nothing is sealed yet"),
        (("prove", "00" * 32, "-d", installed_conninfo), "no execution has the key 00"),
        (("check-proof", str(tmp_path)), "cannot be checked without a public key"),
        (("verify", "-d", installed_conninfo, "--digests", str(tmp_path)), "there are no digests"),
        (("erase", "-d", installed_conninfo, "--subject", "alice", "--reason", "x"), "cannot be undone"),
    ):
        refused = run_dbtrack(*words)
        assert refused.returncode in {1, 2}
        assert said in refused.stderr
        assert len(refused.stderr.splitlines()) == 1


def test_a_file_that_is_not_a_digest_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(DbtrackError, match=r"a\.json is not a digest"):
        read_digests([tmp_path])


def test_what_has_the_name_of_a_digest_is_compared(
    installed: Database, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    sealed(installed)
    key = signing.find_key(keys[0], None, {})
    digest = current_digest(installed, key)
    worm = tmp_path / "worm"
    worm.mkdir()
    file = write_digest(digest, worm)
    assert file
    assert write_digest(current_digest(installed, key), worm) is None, (
        "another moment, the same end of the chain"
    )
    others = (
        b"",
        file.read_bytes()[:100],
        current_digest(installed, None).text().encode(),
        current_digest(installed, signing.new_key(tmp_path / "stranger.key")).text().encode(),
        sign_digest(replace(digest, root_hash=bytes(32)), key).text().encode(),
    )
    for content in others:
        file.unlink()
        file.write_bytes(content)
        with pytest.raises(DbtrackError, match="already exists"):
            write_digest(digest, worm)
        assert file.read_bytes() == content
    file.unlink()
    file.symlink_to(tmp_path / "nowhere")
    with pytest.raises(DbtrackError, match="already exists"):
        write_digest(digest, worm)


def test_a_digest_is_whole_or_not_there(installed: Database, tmp_path: Path) -> None:
    sealed(installed)
    digest = current_digest(installed, None)
    with no_room(10), pytest.raises(DbtrackError, match="cannot write"):
        write_digest(digest, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert write_digest(digest, tmp_path)


def test_a_pipe_in_a_directory_of_digests_is_not_waited_for(installed_conninfo: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    refused = run_dbtrack("verify", "-d", installed_conninfo, "--digests", str(tmp_path))
    assert (refused.returncode, "not a regular file" in refused.stderr) == (3, True)
    (tmp_path / "pipe.json").unlink()
    for content in ("[" * 100_000, '{"a":' * 50_000, "x" * 2_000_000, ""):
        (tmp_path / "odd.json").write_text(content)
        refused = run_dbtrack("verify", "-d", installed_conninfo, "--digests", str(tmp_path))
        assert (refused.returncode, "is not a digest" in refused.stderr) == (3, True)
        assert "Traceback" not in refused.stderr


def test_many_findings_are_summarised_and_listed_when_asked(
    installed_conninfo: str, installed: Database
) -> None:
    for number in range(30):
        past_execution(installed, f"old {number}", datetime.now(UTC) - timedelta(days=2, minutes=number))
    waiting = run_dbtrack("verify", "-d", installed_conninfo, "--format", "jsonl")
    assert waiting.returncode == 3
    (row,) = map(json.loads, waiting.stdout.splitlines())
    assert (row["finding"], row["details"].split()[0]) == ("unsealed", "30")
    assert "NOT PROVEN: 0 of " in waiting.stderr
    each = run_dbtrack("verify", "-d", installed_conninfo, "--each", "--format", "jsonl")
    assert len(each.stdout.splitlines()) == 30
    seal(installed)
    installed.execute(
        "UPDATE script_tracking.script_execution_s SET sql_command = 'x' WHERE script_name LIKE 'old%'"
    )
    altered = run_dbtrack("verify", "-d", installed_conninfo, "--format", "jsonl")
    rows = [json.loads(line) for line in altered.stdout.splitlines()]
    assert (len(rows), rows[-1]["details"]) == (21, "and 10 more; --each lists 30")
    assert "30 findings" in altered.stderr
    each = run_dbtrack("verify", "-d", installed_conninfo, "--each", "--format", "jsonl")
    assert len(each.stdout.splitlines()) == 30


def test_what_a_cleanup_or_an_erasure_removed_is_not_a_finding_afterwards(
    installed_conninfo: str, installed: Database
) -> None:
    past_execution(installed, "old", datetime.now(UTC) - timedelta(days=100))
    operation = '[{"script_name": "hers", "metadata": {"email": "alice@x.org"}}]'
    installed.execute("SELECT script_tracking.record_operations(%(all)s)", {"all": operation})
    seal(installed)
    where = ("-d", installed_conninfo)
    done(run_dbtrack("cleanup", "--days", "90", *where))
    erased = run_dbtrack("erase", "--subject", "alice", "--reason", "request 4711", "--yes", *where)
    assert erased.returncode == 0
    verified = run_dbtrack("verify", *where)
    assert (verified.returncode, "1 rows were removed by recorded cleanups" in verified.stderr) == (0, True)
    assert "a recorded erasure removed a part of 1 rows" in verified.stderr
