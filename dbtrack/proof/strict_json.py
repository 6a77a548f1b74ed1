"""Parse JSON of untrusted origin strictly: nothing is guessed, and nothing can be read in two ways."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from dbtrack.errors import DbtrackError, ExitCode

MOST_BYTES = 256 * 1024 * 1024
# All counts, numbers and times are bigint in PostgreSQL.
_MOST = 2**63 - 1
_HEX = re.compile(r"[0-9a-f]*")


class ProofError(DbtrackError):
    """A proof or a digest is invalid."""

    exit_code = ExitCode.FINDINGS


def read_object(data: bytes) -> dict[str, Any]:
    """Parse the bytes as one JSON object.

    Raises:
        ProofError: they are not a JSON object, too large, nested too deeply, or have a member twice.
    """
    if len(data) > MOST_BYTES:
        raise ProofError(f"it is larger than {MOST_BYTES // 1024 // 1024} MB")
    try:
        document = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once_each, parse_constant=_refuse, parse_float=_refuse
        )
    except RecursionError:
        raise ProofError("it is nested too deeply") from None
    except ValueError as error:
        raise ProofError(f"it is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise ProofError("it is not a JSON object")
    return document


def member(document: Any, name: str) -> Any:
    """Return a required member; raise ProofError if it is missing or the document is not an object."""
    if not isinstance(document, dict) or name not in document:
        raise ProofError(f"{name} is missing")
    return document[name]


def object_of(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a member that has to be an object."""
    value = member(document, name)
    if not isinstance(value, dict):
        raise ProofError(f"{name} is not an object")
    return value


def object_in(value: Any) -> Mapping[str, Any]:
    """Return a value that has to be an object."""
    if not isinstance(value, dict):
        raise ProofError("a value is not an object")
    return value


def list_of(document: Mapping[str, Any], name: str) -> list[Any]:
    """Return a member that has to be an array."""
    value = member(document, name)
    if not isinstance(value, list):
        raise ProofError(f"{name} is not an array")
    return value


def text_of(document: Mapping[str, Any], name: str) -> str:
    """Return a member that has to be a string."""
    value = member(document, name)
    if not isinstance(value, str):
        raise ProofError(f"{name} is not a string")
    return value


def number_of(document: Mapping[str, Any], name: str, *, least: int = 0) -> int:
    """Return a member that has to be a whole number of at most 63 bits."""
    value = member(document, name)
    # In Python, True is an int.
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST:
        raise ProofError(f"{name} is not a whole number from {least} to {_MOST}")
    return value


def bytes_of(document: Mapping[str, Any], name: str, length: int) -> bytes:
    """Return a member that has to be `length` bytes in lower-case hexadecimal."""
    return hexadecimal(member(document, name), name, length)


def hexadecimal(value: object, name: str, length: int) -> bytes:
    """Decode a string of `length` bytes in lower-case hexadecimal."""
    if not isinstance(value, str) or len(value) != length * 2 or not _HEX.fullmatch(value):
        raise ProofError(f"{name} is not {length} bytes in lower-case hexadecimal")
    return bytes.fromhex(value)


def encoded(text: str) -> bytes:
    """Encode a text as UTF-8; lone surrogates stand for bytes that were not UTF-8.

    Raises:
        ProofError: it contains other surrogates, which do not stand for bytes.
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise ProofError("it contains an invalid character") from None


def decoded(data: bytes) -> str:
    """Decode bytes to a text that `encoded` turns back into them."""
    return data.decode("utf-8", "surrogateescape")


def canonical(values: list[object]) -> bytes:
    """Return a JSON array as PostgreSQL's jsonb writes it."""
    return encoded(json.dumps(values, ensure_ascii=False))


def json_members(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values as members of a JSON object: bytes in hexadecimal, the others as they are."""
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a member is named twice")
    return document


def _refuse(text: str) -> Any:
    raise ValueError(f"{text[:20]} is not a whole number")
