"""Secret metadata is encrypted with a key, bound to its execution, and refused when anything of it changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from dbtrack.cli.parse_values import parse_secrets
from dbtrack.config import KeyRing, key_ring
from dbtrack.errors import DbtrackError, ExitCode, UsageError
from dbtrack.operations.secret_metadata import OperationSecrets, TamperedSecretError, decrypt

EXECUTION, OTHER = bytes(range(32)), bytes(32)
VALUE = "hunter2-Zq7Xmark"


def ring(current: str = "new", **keys: str) -> KeyRing:
    environ = {name.upper(): key for name, key in keys.items()}
    return KeyRing({name: f"env:{name.upper()}" for name in keys}, current, environ)


KEYS = ring(old="1" * 64, new="2" * 64)


def sealed(execution: bytes | None = EXECUTION, keys: KeyRing = KEYS) -> dict[str, Any]:
    return OperationSecrets({"db_password": VALUE, "pin": "0000"}, keys, "load").metadata(execution)


def opened(metadata: dict[str, Any], keys: KeyRing = KEYS, operation: str = "load") -> Any:
    return decrypt(metadata, keys, execution=EXECUTION, operation=operation)


@pytest.mark.parametrize("execution", [EXECUTION, None])
def test_what_was_encrypted_can_be_decrypted(execution: bytes | None) -> None:
    metadata = sealed(execution)
    assert VALUE not in json.dumps(metadata)
    assert opened(metadata) == [("db_password", "new", VALUE), ("pin", "new", "0000")]


def test_no_two_ciphertexts_are_alike() -> None:
    first, second = sealed()["encrypted"], sealed()["encrypted"]
    assert len({item["nonce"] for item in (*first, *second)}) == 4
    assert first[0]["ciphertext"] != second[0]["ciphertext"]


def test_a_repr_shows_neither_value_nor_key() -> None:
    text = repr(OperationSecrets({"a": VALUE}, KEYS, "load"))
    assert VALUE not in text
    assert "2" * 64 not in text


def test_an_older_key_still_decrypts() -> None:
    metadata = sealed(keys=ring("old", old="1" * 64))
    assert opened(metadata)[0] == ("db_password", "old", VALUE)


def test_a_key_that_is_not_there_is_named() -> None:
    with pytest.raises(DbtrackError, match="the key new is not configured"):
        opened(sealed(), ring("old", old="1" * 64))


def test_another_key_of_the_same_name_is_known_as_another() -> None:
    with pytest.raises(DbtrackError, match="key new is not the key") as caught:
        opened(sealed(), ring(new="3" * 64))
    assert caught.value.exit_code is ExitCode.FAILED


@pytest.mark.parametrize("part", ["name", "algorithm", "nonce", "ciphertext", "seal_id"])
@pytest.mark.parametrize("execution", [EXECUTION, None])
def test_an_altered_part_is_noticed(part: str, execution: bytes | None) -> None:
    metadata = sealed(execution)
    item = metadata["encrypted"][0]
    item[part] = item[part][:-1] + ("0" if item[part][-1] != "0" else "1")
    with pytest.raises(TamperedSecretError) as caught:
        opened(metadata)
    assert caught.value.exit_code is ExitCode.FINDINGS


def test_a_part_that_is_missing_is_noticed() -> None:
    with pytest.raises(TamperedSecretError, match="altered"):
        opened({"encrypted": [{"name": "x"}]})


def test_a_secret_of_another_execution_is_noticed() -> None:
    metadata = sealed(OTHER)
    with pytest.raises(TamperedSecretError, match="moved here from execution 000000000000"):
        opened(metadata)
    for item in metadata["encrypted"]:
        item["bound_to"] = EXECUTION.hex()
    with pytest.raises(TamperedSecretError):
        opened(metadata)


def test_one_that_was_bound_before_its_key_was_known_belongs_to_the_operations_name() -> None:
    with pytest.raises(TamperedSecretError):
        opened(sealed(None), operation="another")


def test_without_the_library_one_line_reports_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    with pytest.raises(DbtrackError, match="need the package cryptography"):
        sealed()


def test_a_value_on_the_command_line_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        parse_secrets([f"token={VALUE}"], {})
    assert VALUE not in str(caught.value)
    assert "env:VARIABLE" in str(caught.value)


def test_secrets_come_from_variables_files_and_commands(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("from file\n")
    words = ["A", "b=env:A", f"c=file:{tmp_path / 'f'}", "d=command:echo 'from command'"]
    assert parse_secrets(words, {"A": "from variable"}) == {
        "A": "from variable",
        "b": "from variable",
        "c": "from file",
        "d": "from command",
    }


@pytest.mark.parametrize("word", ["A", "a=file:/nowhere/x", "a=env:NOT_SET", "=env:HOME"])
def test_a_secret_that_is_not_there_is_a_usage_error(word: str) -> None:
    with pytest.raises(UsageError):
        parse_secrets([word], {})


def test_a_command_that_fails_is_not_a_secret() -> None:
    with pytest.raises(DbtrackError, match="exit code 1"):
        parse_secrets(["a=command:false"], {})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no-such-program --key", "could not be run: No such file or directory"),
        ("", "is empty, or has an open quotation mark"),
        ("pass 'prod", "is empty, or has an open quotation mark"),
    ],
)
def test_a_command_that_cannot_be_run_is_described_in_plain_words(words: str, said: str) -> None:
    with pytest.raises(DbtrackError) as refused:
        parse_secrets([f"a=command:{words}"], {})
    assert refused.value.message.endswith(f"its command {said}")


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "prod.key"
    path.write_text("a" * 64)
    path.chmod(0o640)
    keys = key_ring({"DBTRACK_KEY": f"prod=file:{path}", "DBTRACK_CONFIG": str(_empty(tmp_path))})
    with pytest.raises(UsageError, match="others can read"):
        keys.encrypting()
    path.chmod(0o600)
    assert keys.encrypting() == ("prod", bytes.fromhex("a" * 64))


def test_the_configuration_file_names_keys(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('encryption_key = "b"\n[keys]\na = "env:KEY_A"\nb = "env:KEY_B"\n')
    keys = key_ring({"DBTRACK_CONFIG": str(path), "KEY_A": "a" * 64, "KEY_B": "b" * 64})
    assert keys.encrypting()[0] == "b"
    assert keys.key("a") == bytes.fromhex("a" * 64)


def test_without_a_key_nothing_is_encrypted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no key for encrypting"):
        sealed(keys=key_ring({"DBTRACK_CONFIG": str(_empty(tmp_path))}))


def _empty(directory: Path) -> Path:
    path = directory / "config.toml"
    path.touch()
    return path
