"""Describe files that are not a server's log."""

from __future__ import annotations

import re

_TIME = rb"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_PGBOUNCER = _TIME + rb"\.\d{3} \S+ \[\d+\] (?:LOG|WARNING|ERROR|FATAL|NOISE|DEBUG) [^:\n]"
_KINDS = (
    (_PGBOUNCER, "a log of PgBouncer, which has no statements of the server"),
    (_TIME + rb"(?:,\d+)? INFO: .*(?:leader|Lock owner|no action)", "a log of Patroni"),
    (rb"--\n-- PostgreSQL database (?:cluster )?dump|PGDMP", "a dump of pg_dump"),
    (rb"\x7fELF|MZ", "a program"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture"),
    (rb"%PDF", "a PDF document"),
    (rb"PAR1", "a Parquet file"),
    (rb"SQLite format 3", "a SQLite database"),
    (rb"7z\xbc\xaf|Rar!", "an archive"),
    (rb"(?s).{257}ustar", "a tar archive"),
    (rb"(?i)\s*<(?:!doctype|html|\?xml)", "an HTML or XML document"),
    (rb"(?m)^[\w.-]+:[^:\n]*:\d+:\d+:[^\n]*:[^\n:]*$", "a list of accounts, as /etc/passwd is"),
)
_COMPILED = tuple((re.compile(pattern), name) for pattern, name in _KINDS)
_SEARCHED = 2
_MOST_BYTES = 4096


def describe_other_file(sample: bytes) -> str | None:
    """Describe a file that begins with this sample; None if it may be a log in another format."""
    part = sample[:_MOST_BYTES]
    for number, (pattern, name) in enumerate(_COMPILED):
        if pattern.search(part) if number < _SEARCHED else pattern.match(part):
            return name
    if b"\0" in part:
        return "binary data"
    return None
