"""Making what people and programs wrote fit to be stored: valid, short enough, without secrets."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from dbtrack.errors import UsageError
from dbtrack.redaction.definition import REDACTED
from dbtrack.redaction.free_text import names_a_secret, redact

LONGEST_NAME = 255
LONGEST_TYPE = 50
LONGEST_MESSAGE_BYTES = 8 * 1024
RESERVED_TYPES = frozenset({"DDL_AUTO", "DDL_LOG", "SECURITY", "UNATTRIBUTED"})
"""The types of what dbtrack records by itself; the database refuses them to callers as well."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_DEEPEST = 100
_CUT_MARK = "…\n"
_RESERVED_NAME = re.compile(r"dbtrack\s", re.IGNORECASE)


def checked_operation_name(text: str, what: str = "the operation's name") -> str:
    """Return an operation's name as it can be stored.

    Raises:
        UsageError: it cannot be, or is a name under which dbtrack records its own work.
    """
    if _RESERVED_NAME.match(text.strip()):
        raise UsageError(
            f"{what} may not begin with dbtrack, as the names of dbtrack's own work do: {text[:40]}"
        )
    return checked_name(text, what)


def checked_operation_type(text: str, what: str = "the operation's type") -> str:
    """Return an operation's type as it can be stored.

    Raises:
        UsageError: it cannot be, or is a type of what dbtrack records by itself.
    """
    if text.strip().upper() in RESERVED_TYPES:
        raise UsageError(f"{what} {text} is reserved for what dbtrack records by itself")
    return checked_name(text, what, longest=LONGEST_TYPE)


def checked_name(text: str, what: str = "the operation's name", *, longest: int = LONGEST_NAME) -> str:
    """Return the text as it can be stored as a name.

    Args:
        what: what an error calls it.
        longest: in characters.

    Raises:
        UsageError: it is empty, too long, not valid Unicode, or holds a NUL.
    """
    if not text.strip():
        raise UsageError(f"{what} is empty")
    if len(text) > longest:
        raise UsageError(f"{what} has {len(text)} characters, more than {longest}: {text[:40]}…")
    if _UNSTORABLE.search(text):
        raise UsageError(f"{what} contains a NUL or is not valid UTF-8: {text[:40]!a}")
    return redact(text)[:longest]


def storable(text: str) -> str:
    """Return the text with a replacement character for what PostgreSQL cannot hold: NUL, stray bytes."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def without_escapes(text: str) -> str:
    """Return what a terminal shows of a text: without colours and other escape sequences."""
    return _ESCAPE_SEQUENCE.sub("", text)


def message_text(text: str) -> str:
    """Return a message to be stored: without secrets, and of more than 8 KiB of UTF-8 the end."""
    clean = redact(storable(without_escapes(text))).strip()
    encoded = clean.encode()
    if len(encoded) <= LONGEST_MESSAGE_BYTES:
        return clean
    kept = encoded[-(LONGEST_MESSAGE_BYTES - len(_CUT_MARK.encode())) :].decode(errors="ignore")
    # The first line is cut anywhere, perhaps within a secret that is no longer to be known as one.
    first, line_end, rest = kept.partition("\n")
    return _CUT_MARK + (rest if line_end else first)


def metadata_text(metadata: Mapping[str, object] | None) -> str:
    """Return metadata as JSON, without secrets; what JSON has no form for becomes text (dates, paths, UUIDs).

    Raises:
        UsageError: it is nested deeper than the database takes, or contains itself.
    """
    return json.dumps(_clean(metadata or {}, 0), ensure_ascii=False)


def _clean(value: object, depth: int) -> object:
    if depth >= _DEEPEST:
        raise UsageError(f"metadata is nested too deeply: more than {_DEEPEST} levels")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return dict(_clean_member(str(key), member, depth + 1) for key, member in value.items())
    if isinstance(value, list | tuple | AbstractSet):
        return [_clean(member, depth + 1) for member in value]
    return redact(storable(str(value)))


def _clean_member(key: str, value: object, depth: int) -> tuple[str, object]:
    return redact(storable(key)), REDACTED if names_a_secret(key) else _clean(value, depth)
