"""Making what people and programs wrote fit to be stored: valid, short enough, without secrets."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from dbtrack.errors import UsageError
from dbtrack.tracking.redaction import REDACTED, names_a_secret, redact

LONGEST_NAME = 255
LONGEST_TYPE = 50
LONGEST_MESSAGE_BYTES = 8 * 1024

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_CUT_MARK = "…\n"


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
        raise UsageError(f"{what} holds a NUL or is not valid UTF-8: {text[:40]!a}")
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
        UsageError: it contains itself.
    """
    try:
        return json.dumps(_clean(metadata or {}), ensure_ascii=False)
    except RecursionError as error:
        raise UsageError("metadata is nested too deeply to be written as JSON") from error


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {storable(str(key)): _clean_member(str(key), member) for key, member in value.items()}
    if isinstance(value, list | tuple | AbstractSet):
        return [_clean(member) for member in value]
    return redact(storable(str(value)))


def _clean_member(key: str, value: object) -> object:
    return REDACTED if names_a_secret(key) else _clean(value)
