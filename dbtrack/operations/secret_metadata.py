"""Encrypt secret metadata on the client, so that no server, spool or report ever has it in the clear."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from dbtrack.columns import Column, Kind
from dbtrack.config import KeyRing
from dbtrack.db import Database
from dbtrack.errors import DbtrackError, ExitCode, UsageError, packages_hint
from dbtrack.operations.executions import find_execution

MEMBER = "encrypted"

SECRET_COLUMNS = (
    Column("secret_name", Kind.IDENTIFIER, "Secret"),
    Column("key_id", Kind.IDENTIFIER, "Key"),
    Column("secret_value", Kind.TEXT, "Value"),
)

_ALGORITHM = "AES-256-GCM"
_NONCE_BYTES = 12
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,62}")
_FIELDS = ("name", "key_id", "key_check", "algorithm", "nonce", "ciphertext", "seal_id", "bound_to")


@dataclass(frozen=True)
class OperationSecrets:
    """The secrets of one operation. Its repr shows no value.

    Args:
        values: by name.
        operation: the operation's name as it is stored.
    """

    values: Mapping[str, str] = field(repr=False)
    keys: KeyRing
    operation: str
    seal_id: str = field(default_factory=lambda: str(uuid4()))

    def __post_init__(self) -> None:
        for name in self.values:
            if not _NAME.fullmatch(name):
                raise UsageError(f"a secret cannot be called {name!a}", hint="letters, digits, _, . and -")

    def metadata(self, execution: bytes | None = None) -> dict[str, object]:
        """Return the metadata member that holds the secrets, encrypted.

        Args:
            execution: the hash key that they are bound to; None where it is not known yet: then they are
                bound to the operation's name and an id of their own.

        Raises:
            UsageError: no key is configured to encrypt.
            DbtrackError: the package `cryptography` is missing.
        """
        if not self.values:
            return {}
        key_id, key = self.keys.encrypting()
        cipher = _cipher(key)
        bound_to = "operation" if execution is None else execution.hex()
        return {MEMBER: [self._sealed(name, key_id, key, cipher, bound_to) for name in self.values]}

    def _sealed(self, name: str, key_id: str, key: bytes, cipher: Any, bound_to: str) -> dict[str, str]:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = {
            "name": name,
            "key_id": key_id,
            "key_check": _key_check(key),
            "algorithm": _ALGORITHM,
            "nonce": nonce.hex(),
            "seal_id": self.seal_id,
            "bound_to": bound_to,
        }
        data = cipher.encrypt(nonce, self.values[name].encode(), _associated(sealed, self.operation))
        return {**sealed, "ciphertext": data.hex()}


class TamperedSecretError(DbtrackError):
    """A secret was altered, or copied from another execution."""

    exit_code = ExitCode.FINDINGS


def decrypt(
    metadata: Mapping[str, Any], keys: KeyRing, *, execution: bytes, operation: str
) -> list[tuple[str, str, str]]:
    """Return the name, the key's id and the value of each secret of an execution.

    Raises:
        DbtrackError: a key is missing or a different one, or the package `cryptography` is missing.
        TamperedSecretError: a secret was altered or copied from another execution.
    """
    sealed = metadata.get(MEMBER) or []
    return [(*_named(item), _opened(item, keys, execution, operation)) for item in sealed]


def decrypted(database: Database, key: bytes | str, keys: KeyRing) -> list[tuple[str, str, str]]:
    """Return the name, the key's id and the value of each secret of the execution with this hash key.

    Raises:
        UnknownExecutionError: there is no such execution, or it is not the caller's.
        DbtrackError: as `decrypt`.
    """
    found = find_execution(database, key)
    return decrypt(found.current.metadata, keys, execution=found.key, operation=found.current.script_name)


def _named(item: Any) -> tuple[str, str]:
    if not isinstance(item, dict) or not all(isinstance(item.get(name), str) for name in _FIELDS):
        raise TamperedSecretError("a secret of this execution was altered: part of it is missing")
    return item["name"], item["key_id"]


def _opened(item: Mapping[str, str], keys: KeyRing, execution: bytes, operation: str) -> str:
    name, key_id = item["name"], item["key_id"]
    key = keys.key(key_id)
    if not hmac.compare_digest(_key_check(key), item["key_check"]):
        raise DbtrackError(f"secret {name}: the key {key_id} is not the key with which it was encrypted")
    if item["bound_to"] not in {"operation", execution.hex()}:
        raise TamperedSecretError(f"secret {name} was moved here from execution {item['bound_to'][:12]}")
    cipher = _cipher(key)
    from cryptography.exceptions import InvalidTag

    try:
        data = cipher.decrypt(
            bytes.fromhex(item["nonce"]), bytes.fromhex(item["ciphertext"]), _associated(item, operation)
        )
    except (InvalidTag, ValueError) as error:
        raise TamperedSecretError(
            f"secret {name} was altered, or moved here from another execution"
        ) from error
    return str(data.decode())


def _associated(item: Mapping[str, str], operation: str) -> bytes:
    # The name stands in for a key that was not known yet; JSON keeps the parts apart.
    parts = [item[name] for name in ("algorithm", "name", "key_id", "seal_id", "bound_to")]
    return json.dumps([*parts, operation if item["bound_to"] == "operation" else ""]).encode()


def _key_check(key: bytes) -> str:
    """Return digits that tell a different key of the same id, and from which the key cannot be derived."""
    return hmac.new(key, b"dbtrack key check", hashlib.sha256).hexdigest()[:8]


def _cipher(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise DbtrackError("secrets need the package cryptography", hint=packages_hint("crypto")) from error
    return AESGCM(key)
