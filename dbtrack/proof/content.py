"""What is hashed of one row, from what the database shows of it. docs/proof.md has it byte for byte."""

from __future__ import annotations

import codecs
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbtrack.db import Row
from dbtrack.proof.merkle import leaf_hash
from dbtrack.proof.strict_json import decoded, encoded

# PostgreSQL's names for encodings that Python knows by another one.
_CODECS = {"UTF8": "utf-8", "LATIN9": "iso8859-15", "EUC_JP": "euc_jp", "SJIS": "shift_jis"}


@dataclass(frozen=True)
class Leaf:
    """A leaf, and the row that it seals, as the database shows them.

    Args:
        started_at: of a later version: when the execution's first was written.
        person_salt: None once the person was erased; so is text_salt for the words.
        head: the attributes that are hashed as they are; None when the row is gone.
    """

    index: int
    kind: str
    key: bytes
    load_date: datetime
    started_at: datetime | None
    leaf_hash: bytes
    person_salt: bytes | None
    person_commitment: bytes | None
    text_salt: bytes | None
    text_commitment: bytes | None
    erased_by: bytes | None
    head: bytes | None
    person: bytes
    words: bytes

    @classmethod
    def of(cls, row: Row) -> Leaf:
        """Return the leaf of a row of `queries/verify_leaves.sql`."""
        return cls(*row)

    def content(self) -> bytes:
        """Return what its hash is taken of, with the commitments that the database holds."""
        if self.kind == "link":
            return self.head or b""
        commitments = [
            (value or b"").hex().encode() for value in (self.person_commitment, self.text_commitment)
        ]
        return b"\n".join([self.head or b"", *commitments])

    def what_differs(self, server_encoding: str) -> str | None:
        """Return which part of the row is not what was sealed; None when all of it is.

        Args:
            server_encoding: of the database when the block was sealed.
        """
        if self.kind == "version":
            if not _fits(self.person_commitment, self.person_salt, self.person):
                return "db_session_user, client_ip, hash_diff, or who acted in metadata"
            if not self._words_fit(server_encoding):
                return "affected_objects, sql_command, error_message or metadata"
        if leaf_hash(self.content()) != self.leaf_hash:
            return "a link's members" if self.kind == "link" else _HEAD_FIELDS
        return None

    def _words_fit(self, server_encoding: str) -> bool:
        return _fits(self.text_commitment, self.text_salt, self.words) or (
            server_encoding != "UTF8"
            and _fits(self.text_commitment, self.text_salt, _in_order_of(self.words, server_encoding))
        )


_HEAD_FIELDS = (
    "version_number, tenant_hk, script_name, script_type, execution_status, execution_timestamp, "
    "execution_duration_ms, record_source, or the hub's row"
)


def _fits(commitment: bytes | None, salt: bytes | None, value: bytes) -> bool:
    # Without its salt it was erased: there is nothing left to compare.
    return salt is None or hashlib.sha256(salt + value).digest() == commitment


class _Number(str):
    """A number as it is written: 1.50 is not 1.5."""

    __slots__ = ()


def _in_order_of(words: bytes, server_encoding: str) -> bytes:
    """Return the same JSON with its members in the order in which jsonb keeps them in another encoding."""
    try:
        codec = codecs.lookup(_codec_name(server_encoding)).name
        document = json.loads(decoded(words), parse_int=_Number, parse_float=_Number)
        return encoded(_written(document, codec))
    except (LookupError, ValueError):
        return words


def _codec_name(server_encoding: str) -> str:
    if server_encoding.startswith("WIN"):
        return f"cp{server_encoding[3:]}"
    return _CODECS.get(server_encoding, server_encoding)


def _written(value: Any, codec: str) -> str:
    match value:
        case _Number():
            return str(value)
        case dict():
            keys = sorted(value, key=lambda key: (len(key.encode(codec)), key.encode(codec)))
            members = (f"{_written(key, codec)}: {_written(value[key], codec)}" for key in keys)
            return "{" + ", ".join(members) + "}"
        case list():
            return "[" + ", ".join(_written(each, codec) for each in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
