"""Make texts storable: valid, short enough, without secrets."""

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
RESERVED_TYPES = frozenset({"DDL_AUTO", "DDL_LOG", "SECURITY", "UNATTRIBUTED", "REVIEW"})
"""The types of what dbtrack records by itself; the database also refuses them to callers."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_DEEPEST = 100
_CUT_MARK = "…\n"
_RESERVED_NAME = re.compile(r"dbtrack\s", re.IGNORECASE)


def checked_operation_name(text: str, what: str = "the operation's name") -> str:
    """Return an operation's name, redacted.

    Raises:
        UsageError: it cannot be stored, or is reserved for dbtrack's own work.
    """
    if _RESERVED_NAME.match(text.strip()):
        raise UsageError(
            f"{what} may not begin with dbtrack, as the names of dbtrack's own work do: {text[:40]}"
        )
    return checked_name(text, what)


def checked_operation_type(text: str, what: str = "the operation's type") -> str:
    """Return an operation's type, redacted.

    Raises:
        UsageError: it cannot be stored, or is reserved for what dbtrack records by itself.
    """
    if text.strip().upper() in RESERVED_TYPES:
        raise UsageError(f"{what} {text} is reserved for what dbtrack records by itself")
    return checked_name(text, what, longest=LONGEST_TYPE)


def checked_name(text: str, what: str = "the operation's name", *, longest: int = LONGEST_NAME) -> str:
    """Return a name, redacted.

    Args:
        what: the name's designation in errors.
        longest: the maximum length, in characters.

    Raises:
        UsageError: it is empty, too long, not valid Unicode, or contains a NUL.
    """
    if not text.strip():
        raise UsageError(f"{what} is empty")
    if len(text) > longest:
        raise UsageError(f"{what} has {len(text)} characters, more than {longest}: {text[:40]}…")
    if _UNSTORABLE.search(text):
        raise UsageError(f"{what} contains a NUL or is not valid UTF-8: {text[:40]!a}")
    return redact(text)[:longest]


def storable(text: str) -> str:
    """Return the text with replacement characters for what PostgreSQL cannot store: NUL, invalid bytes."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def without_escapes(text: str) -> str:
    """Return the text without colours and other escape sequences of a terminal."""
    return _ESCAPE_SEQUENCE.sub("", text)


def message_text(text: str) -> str:
    """Return a message redacted and, if it is longer than 8 KiB in UTF-8, only its end."""
    clean = redact(storable(without_escapes(text))).strip()
    encoded = clean.encode()
    if len(encoded) <= LONGEST_MESSAGE_BYTES:
        return clean
    kept = encoded[-(LONGEST_MESSAGE_BYTES - len(_CUT_MARK.encode())) :].decode(errors="ignore")
    # The first line may begin in the middle of a secret, which can no longer be recognized.
    first, line_end, rest = kept.partition("\n")
    return _CUT_MARK + (rest if line_end else first)


def metadata_text(metadata: Mapping[str, object] | None) -> str:
    """Return metadata as JSON, redacted; values without a JSON type become text (dates, paths, UUIDs).

    Raises:
        UsageError: it is nested too deeply, or contains itself.
    """
    return json.dumps(_redacted(metadata or {}, 0), ensure_ascii=False)


def _redacted(value: object, depth: int) -> object:
    if depth >= _DEEPEST:
        raise UsageError(f"metadata is nested too deeply: more than {_DEEPEST} levels")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return dict(_redacted_member(str(key), member, depth + 1) for key, member in value.items())
    if isinstance(value, list | tuple | AbstractSet):
        return [_redacted(member, depth + 1) for member in value]
    return redact(storable(str(value)))


def _redacted_member(key: str, value: object, depth: int) -> tuple[str, object]:
    return redact(storable(key)), REDACTED if names_a_secret(key) else _redacted(value, depth)
