"""Parse the content of a leaf; docs/proof.md describes its format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from dbtrack.proof.merkle import HASH_BYTES
from dbtrack.proof.strict_json import ProofError, decoded, encoded, hexadecimal

VERSION_FORMATS = {"dbtrack version 1": 1, "dbtrack version 2": 2}
LINK_FORMAT = "dbtrack link 1"

_VERSION_FIELDS = (
    "format",
    "script_execution_hk",
    "load_date",
    "version_number",
    "tenant_hk",
    "script_name",
    "script_type",
    "execution_status",
    "execution_timestamp",
    "execution_duration_ms",
    "record_source",
    "script_execution_bk",
    "hub_tenant_hk",
    "hub_record_source",
)
_LINK_FIELDS = (
    "format",
    "script_execution_parent_hk",
    "load_date",
    "parent_execution_hk",
    "child_execution_hk",
    "link_type",
    "tenant_hk",
    "record_source",
)
_PERSON_FIELDS = (
    "db_session_user",
    "client_ip",
    "role",
    "application_name",
    "client_host",
    "host",
    "os_user",
    "user",
    "email",
)
_PERSON_VALUES: tuple[tuple[str, ...], ...] = (_PERSON_FIELDS, ("hash_diff",))
_TEXT_VALUES: tuple[tuple[str, ...], ...] = (
    ("affected_objects",),
    ("sql_command",),
    ("error_message",),
    ("metadata",),
)
VALUES = {"person": _PERSON_VALUES, "text": _TEXT_VALUES}
"""For each part that a proof can reveal: its values, and the fields of each value."""
_TIMES = ("load_date", "execution_timestamp")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ProvenRow:
    """A version or a link, as read from its leaf.

    Args:
        attributes: by column name; times in UTC, as ISO 8601.
        leaf_format: 1 if a commitment covers all values of a part at once, 2 if it covers each value.
    """

    kind: str
    attributes: dict[str, Any]
    leaf_format: int = 1
    person_commitment: bytes | None = None
    text_commitment: bytes | None = None

    def with_revealed(self, part: str, shown: Sequence[bytes | None]) -> ProvenRow:
        """Return the row with the revealed values of a part, which were already checked.

        Args:
            part: person or text.
            shown: one value in format 1; in format 2 each value, None for an erased one.
        """
        names = VALUES[part]
        if self.leaf_format == 1:
            names = (tuple(name for value in names for name in value),)
        attributes = dict(self.attributes)
        for value, fields in zip(shown, names, strict=True):
            if value is not None:
                attributes |= _named(_array(value), fields)
        return replace(self, attributes=attributes)


def read_leaf(content: bytes, key: bytes) -> ProvenRow:
    """Return the row in a leaf's content.

    Raises:
        ProofError: it is not a row, or belongs to another execution.
    """
    head, *commitments = content.split(b"\n")
    values = _array(head)
    leaf_format = VERSION_FORMATS.get(values[0]) if values and isinstance(values[0], str) else None
    if leaf_format is not None and len(commitments) == 2:
        attributes = _named(values, _VERSION_FIELDS)
        _check_key(attributes, key)
        person, text = (hexadecimal(decoded(each), "a commitment", HASH_BYTES) for each in commitments)
        return ProvenRow("version", _with_times(attributes), leaf_format, person, text)
    if values[:1] == [LINK_FORMAT] and not commitments:
        attributes = _named(values, _LINK_FIELDS)
        if key.hex() not in {attributes["parent_execution_hk"], attributes["child_execution_hk"]}:
            raise ProofError("a link belongs to another execution")
        return ProvenRow("link", _with_times(attributes))
    raise ProofError("the content of a leaf is neither a version nor a link")


def _array(data: bytes) -> list[Any]:
    try:
        values = json.loads(decoded(data))
    except RecursionError:
        raise ProofError("the content of a leaf is nested too deeply") from None
    except ValueError:
        raise ProofError("the content of a leaf is not JSON") from None
    if not isinstance(values, list):
        raise ProofError("the content of a leaf is not a JSON array")
    return values


def _named(values: Sequence[Any], names: Sequence[str]) -> dict[str, Any]:
    if len(values) != len(names):
        raise ProofError("the content of a leaf does not have the expected members")
    return {name: value for name, value in zip(names, values, strict=True) if name != "format"}


def _check_key(attributes: dict[str, Any], key: bytes) -> None:
    if attributes["script_execution_hk"] != key.hex():
        raise ProofError("a version belongs to another execution")
    business_key = attributes["script_execution_bk"]
    if business_key is None:
        return
    if not isinstance(business_key, str) or hashlib.sha256(encoded(business_key)).digest() != key:
        raise ProofError("the execution's key does not match its business key")


def _with_times(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: _time(value) if name in _TIMES else value for name, value in attributes.items()}


def _time(microseconds: Any) -> str:
    try:
        return (_EPOCH + timedelta(microseconds=microseconds)).isoformat()
    except (TypeError, OverflowError):
        raise ProofError("a time in the content of a leaf is not valid") from None
