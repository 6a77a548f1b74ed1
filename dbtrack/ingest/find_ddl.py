"""Finds where in a block of log a statement of interest can stand, at the speed of memory.

Nearly all of a log is of no interest, so the test has to be cheap: the words that begin DDL, as bytes.
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
# What may follow the word in a statement; a backslash begins JSON's escape of a line end.
# Blanks that are not ASCII come from word processors. PostgreSQL refuses the statement: it has failed then.
_PATTERNS = {word: re.compile(word + rb"(?=[\s/\\(\";\xc2\xe2\xe3\xef-])") for word in _WORDS}
# Whoever tries to change the record itself: rare enough to be looked at wherever it stands.
_RECORD = b"SCRIPT_TRACKING."
_CHANGE = re.compile(rb"(?:INTO|UPDATE|FROM|ONLY)\s+SCRIPT_TRACKING\.")
# The server names the table where the statement leaves the schema out, or begins with something else.
_REFUSED = re.compile(rb"PERMISSION DENIED FOR TABLE ")
# SELECT ... INTO makes a table. INSERT has an INTO as well: what counts is the SELECT before it.
_INTO = re.compile(rb"INTO(?=[\s/\\\"])")
_SELECT_BYTES = 4000
# What can stand before a statement: a label, another statement, a comment, a quote, JSON's escapes; the
# last two end the angle quotes of German, French and Spanish.
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
    """Return the offsets in the block at which a statement of interest can begin, in order."""
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
    return sorted(
        [*definitions, *selections, *(match.start() for found in (attempts, refusals) for match in found)]
    )


def _can_begin(block: bytes, position: int) -> bool:
    """Tell whether a statement can begin here: `SET comment = 1` holds no COMMENT."""
    nearby = block[max(0, position - _NEARBY_BYTES) : position]
    before = nearby.rstrip()
    return not before or before.endswith(_BEFORE) or b"\n" in nearby[len(before) :]


def _selects(upper: bytes, position: int) -> bool:
    """Tell whether a SELECT of the same statement can stand before an INTO."""
    if upper[position - 7 : position] == b"INSERT ":
        return False
    start = max(0, position - _SELECT_BYTES)
    return upper.rfind(b"SELECT", start, position) > upper.rfind(b"INSERT", start, position)
