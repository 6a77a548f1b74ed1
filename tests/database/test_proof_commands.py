"""seal, digest, verify, prove, check-proof and erase, as a user runs them."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from dbtrack.db import Database
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.proof import signing
from dbtrack.proof.digest import read_digests
from dbtrack.proof.keeping import current_digest, keep
from tests.command_line import done, run_dbtrack
from tests.database.sealed import sealed


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
    with pytest.raises(UsageError, match="no Ed25519 private key"):
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
    file = keep(current_digest(installed, stranger), tmp_path)
    where = ("verify", "-d", installed_conninfo, "--digests", str(file))
    assert run_dbtrack(*where).returncode == 0
    found = run_dbtrack(*where, "--public-key", str(keys[1]))
    assert (found.returncode, "not of this public key" in found.stdout) == (3, True)


def test_what_is_missing_is_said_in_one_line(installed_conninfo: str, tmp_path: Path) -> None:
    for words, said in (
        (("digest", "-d", installed_conninfo), "there is no key to sign with"),
        (("digest", "-d", installed_conninfo, "--unsigned"), "nothing is sealed yet"),
        (("prove", "00" * 32, "-d", installed_conninfo), "nothing is sealed yet"),
        (("check-proof", str(tmp_path)), "as good as its signature"),
        (("verify", "-d", installed_conninfo, "--digests", str(tmp_path)), "there are no digests"),
        (("erase", "-d", installed_conninfo, "--subject", "alice", "--reason", "x"), "cannot be undone"),
    ):
        refused = run_dbtrack(*words)
        assert refused.returncode in {1, 2}
        assert said in refused.stderr
        assert len(refused.stderr.splitlines()) == 1


def test_a_file_that_is_no_digest_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(DbtrackError, match=r"a\.json is no digest"):
        read_digests([tmp_path])
