"""A leaf: the hashed content of one row, rebuilt from the database; docs/proof.md specifies it."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbtrack.db import Row
from dbtrack.proof.commitments import SALT_BYTES, Slot, part_commitment, slots_of
from dbtrack.proof.merkle import leaf_hash
from dbtrack.proof.strict_json import ProofError, decoded, encoded

# PostgreSQL's names of encodings that have another name in Python.
_CODECS = {"UTF8": "utf-8", "LATIN9": "iso8859-15", "EUC_JP": "euc_jp", "SJIS": "shift_jis"}

_ERASED_PERSON = b'["[erased]", null, null, null, null, null, null, null, null]'
_ERASED_TEXT = (b'[["[erased]"]]', b'["[erased]"]', b'["[erased]"]', b"[{}]")


@dataclass(frozen=True)
class Leaf:
    """A leaf and the row that it seals, as read from the database.

    Args:
        index: its position in the block, from 0.
        leaf_format: 1 if a commitment covers all values of a part at once, 2 if it covers each value.
        started_at: for a later version, when the execution's first version was written.
        person_salt: in format 1 None once the person was erased; text_salt likewise for the text.
        is_replicated: whether the row arrived late by replication.
        has_execution: whether the execution still exists although this version is missing.
        head: the attributes that are hashed directly, as JSON; None if the row is missing.
        person_values: who acted, and hash_diff; each as JSON.
        text_values: objects, statement, message and metadata; each as JSON.
    """

    index: int
    kind: str
    leaf_format: int
    key: bytes
    load_date: datetime
    started_at: datetime | None
    leaf_hash: bytes
    person_salt: bytes | None
    person_commitment: bytes | None
    text_salt: bytes | None
    text_commitment: bytes | None
    erased_by: bytes | None
    is_replicated: bool
    has_execution: bool
    head: bytes | None
    person_values: list[bytes]
    text_values: list[bytes]

    @classmethod
    def from_row(cls, row: Row) -> Leaf:
        """Return the leaf in a row of `queries/verify/leaves.sql`."""
        return cls(*row)

    @property
    def is_erased(self) -> bool:
        """Whether a value was erased, or is marked as erased."""
        salts = (self.person_salt, self.text_salt)
        is_whole = all(salt is not None and len(salt) == SALT_BYTES for salt in salts)
        return self.kind == "version" and (self.erased_by is not None or not is_whole)

    def content(self) -> bytes:
        """Return the bytes that its hash covers, with the stored commitments."""
        if self.kind == "link":
            return self.head or b""
        commitments = [
            (value or b"").hex().encode() for value in (self.person_commitment, self.text_commitment)
        ]
        return b"\n".join([self.head or b"", *commitments])

    def altered_part(self, server_encoding: str) -> str | None:
        """Return which part of the row differs from what was sealed; None if none does.

        Args:
            server_encoding: the database's when the block was sealed.
        """
        if self.kind == "version":
            if not _part_fits(self.leaf_format, self.person_commitment, self.person_salt, self.person_values):
                return "db_session_user, client_ip, hash_diff, or who acted in metadata"
            if not self._text_fits(server_encoding):
                return "affected_objects, sql_command, error_message or metadata"
        if leaf_hash(self.content()) != self.leaf_hash:
            return "a link's members" if self.kind == "link" else _HEAD_FIELDS
        return None

    def is_rewritten(self) -> bool:
        """Return whether an erased value was replaced by anything else than the mark of an erasure."""
        if self.leaf_format == 1:
            return self._is_rewritten_whole()
        person_values = [slot.is_erased for slot in _slots(self.person_salt, len(self.person_values))]
        if person_values[0] and self.person_values[0] != _ERASED_PERSON:
            return True
        text_values = zip(
            _slots(self.text_salt, len(self.text_values)), self.text_values, _ERASED_TEXT, strict=True
        )
        return any(slot.is_erased and value != erased for slot, value, erased in text_values)

    def _is_rewritten_whole(self) -> bool:
        # In format 1 a salt covers a whole part: erasing the text also changes hash_diff, and so clears the
        # person's salt.
        if self.text_salt is not None:
            return self.person_values[0] != _ERASED_PERSON
        is_person = self.person_values[0] == _ERASED_PERSON
        return not is_person and not any(map(_is_erased_value, self.text_values, _ERASED_TEXT))

    def _text_fits(self, server_encoding: str) -> bool:
        commitment, salt = self.text_commitment, self.text_salt
        if _part_fits(self.leaf_format, commitment, salt, self.text_values):
            return True
        if server_encoding == "UTF8":
            return False
        *others, metadata = self.text_values
        reordered = [*others, _reordered_for(metadata, server_encoding)]
        return _part_fits(self.leaf_format, commitment, salt, reordered)


_HEAD_FIELDS = (
    "version_number, tenant_hk, script_name, script_type, execution_status, execution_timestamp, "
    "execution_duration_ms, record_source, or the hub's row"
)


def whole_part(values: Sequence[bytes]) -> bytes:
    """Return a part as format 1 hashes it: one JSON array of all values."""
    return b"[" + b", ".join(value[1:-1] for value in values) + b"]"


def _part_fits(
    leaf_format: int, commitment: bytes | None, salt: bytes | None, values: Sequence[bytes]
) -> bool:
    if leaf_format == 1:
        # Without a salt the part was erased, and there is nothing to compare. A longer salt could contain the
        # start of the value.
        return salt is None or (
            len(salt) == SALT_BYTES and hashlib.sha256(salt + whole_part(values)).digest() == commitment
        )
    try:
        return salt is not None and part_commitment(slots_of(salt, len(values)), values) == commitment
    except ProofError:
        return False


def _slots(salt: bytes | None, count: int) -> list[Slot]:
    try:
        return slots_of(salt or b"", count)
    except ProofError:
        return [Slot(None)] * count


def _is_erased_value(value: bytes, erased: bytes) -> bool:
    # Earlier versions erased single objects, and single members of metadata.
    return value == erased or b'"[erased]"' in value


class _Number(str):
    """A number as written in JSON: 1.50 differs from 1.5."""

    __slots__ = ()


def _reordered_for(text_values: bytes, server_encoding: str) -> bytes:
    """Return the same JSON with its members in jsonb's order for another encoding."""
    try:
        codec = codecs.lookup(_codec_name(server_encoding)).name
        document = json.loads(decoded(text_values), parse_int=_Number, parse_float=_Number)
        return encoded(_json_text(document, codec))
    except (LookupError, ValueError, RecursionError):
        return text_values


def _codec_name(server_encoding: str) -> str:
    if server_encoding.startswith("WIN"):
        return f"cp{server_encoding[3:]}"
    return _CODECS.get(server_encoding, server_encoding)


def _json_text(value: Any, codec: str) -> str:
    match value:
        case _Number():
            return str(value)
        case dict():
            keys = sorted(value, key=lambda key: (len(key.encode(codec)), key.encode(codec)))
            members = (f"{_json_text(key, codec)}: {_json_text(value[key], codec)}" for key in keys)
            return "{" + ", ".join(members) + "}"
        case list():
            return "[" + ", ".join(_json_text(each, codec) for each in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
