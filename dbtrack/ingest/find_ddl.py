"""Find where a block of log can hold DDL or a wait for a lock, as fast as memory can be searched.

Nearly all of a log is something else, so the test has to be cheap: it searches the bytes for DDL's first
words.
"""

from __future__ import annotations

import re

_WORDS = (
    b"CREATE",
    b"ALTER",
    b"DROP",
    b"GRANT",
    b"REVOKE",
    b"COMMENT",
    b"TRUNCATE",
    b"CLUSTER",
    b"VACUUM",
    b"REINDEX",
    b"REFRESH",
    b"REASSIGN",
    b"SECURITY",
    b"IMPORT",
)
# The character that may follow the word; a backslash begins JSON's escape of a line end. Non-ASCII spaces
# come from word processors: PostgreSQL rejects such a statement, and the failure is logged.
_PATTERNS = {word: re.compile(word + rb"(?=[\s/\\(\";\xc2\xe2\xe3\xef-])") for word in _WORDS}
# Attempts to change the record itself are rare, so any occurrence is a candidate.
_RECORD = b"SCRIPT_TRACKING."
_CHANGE = re.compile(rb"(?:INTO|UPDATE|FROM|ONLY)\s+SCRIPT_TRACKING\.")
# The server's message names the table, also if the statement omits the schema or begins differently.
_REFUSED = re.compile(rb"PERMISSION DENIED FOR TABLE ")
# Of all words in the messages of log_lock_waits, the names of the lock modes are the same in all languages.
_LOCK = b"ELOCK"
_LOCK_MODE = re.compile(rb"(?:SHARE|EXCLUSIVE)LOCK")
# SELECT ... INTO creates a table. INSERT also has an INTO, so a SELECT has to precede it.
_INTO = re.compile(rb"INTO(?=[\s/\\\"])")
_SELECT_BYTES = 4000
# What can precede a statement: a label, another statement, a comment, a quote, JSON's escapes, the angle
# quotes of German, French and Spanish messages, and the spaces of word processors.
_BEFORE = (
    b":",
    b";",
    b"/",
    b'"',
    rb"\n",
    rb"\r",
    rb"\t",
    b"\xbb",
    b"\xab",
    b"\xc2\xa0",
    b"\xe3\x80\x80",
    b"\xef\xbb\xbf",
)
_NEARBY_BYTES = 64


def candidate_offsets(block: bytes) -> list[int]:
    """Return the offsets in the block at which DDL or a lock mode can begin, in ascending order."""
    upper = block.upper()
    present = ((word, position) for word in _WORDS if (position := upper.find(word)) >= 0)
    definitions = (
        match.start()
        for word, position in present
        for match in _PATTERNS[word].finditer(upper, position)
        if _can_begin(block, match.start())
    )
    selections = (match.start() for match in _INTO.finditer(upper) if _selects(upper, match.start()))
    attempts = _CHANGE.finditer(upper) if _RECORD in upper else ()
    refusals = _REFUSED.finditer(upper)
    waits = _LOCK_MODE.finditer(upper) if _LOCK in upper else ()
    others = (match.start() for found in (attempts, refusals, waits) for match in found)
    return sorted([*definitions, *selections, *others])


def _can_begin(block: bytes, position: int) -> bool:
    """Return whether a statement can begin here; the `comment` of `SET comment = 1` cannot."""
    nearby = block[max(0, position - _NEARBY_BYTES) : position]
    before = nearby.rstrip()
    return not before or before.endswith(_BEFORE) or b"\n" in nearby[len(before) :]


def _selects(upper: bytes, position: int) -> bool:
    """Return whether a SELECT of the same statement can precede this INTO."""
    if upper[position - 7 : position] == b"INSERT ":
        return False
    start = max(0, position - _SELECT_BYTES)
    return upper.rfind(b"SELECT", start, position) > upper.rfind(b"INSERT", start, position)
