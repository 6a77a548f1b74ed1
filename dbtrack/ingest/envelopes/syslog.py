"""log_destination = syslog, as rsyslog, syslog-ng, journalctl and Heroku's logplex write it.

The server sends an entry as several messages, [5-1], [5-2]: one for each line, several for a long line. They
are joined again, after the time and the process that syslog gives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from dbtrack.ingest.envelopes.envelope import Envelope, LogContext, first_line_matches, whole_lines
from dbtrack.ingest.formats.line_prefix import LinePrefix
from dbtrack.ingest.log_stream import LogStream
from dbtrack.redaction.server_message_words import PARTS

_HEADER = re.compile(
    rb"(?:<\d{1,3}>)?(?:(?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)"
    rb"|(?:1 )?(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)))"
    rb" (?:(?P<host>\S+) )?(?P<program>[\w./-]+)(?:\[(?P<pid>\d+)\]:| (?P<pid5>\d+) \S+ \S+) "
    rb"(?:\[\w+\] )?\[(?P<entry>\d+)-(?P<part>\d+)\] (?P<text>[^\n]*)\n?"
)
_MONTHS = {
    name: number
    for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}
_OWN_PREFIX = "%n [%p] "
_MOST_SESSIONS = 1000
_TAB = re.compile(rb"#011|\^I")


def _unwrap(stream: LogStream, context: LogContext) -> Iterator[bytes]:
    prefix = LinePrefix(_prefix(context))
    collected: dict[bytes, bytes] = {}
    for line in whole_lines(stream):
        match = _HEADER.fullmatch(line)
        if match is None:
            continue
        pid = match["pid"] or match["pid5"]
        head = f"{_time(match, context)} [{pid.decode()}] ".encode()
        if match["part"] == b"1":
            if pid in collected:
                yield collected.pop(pid) + b"\n"
            collected[pid] = head + _TAB.sub(b"\t", match["text"])
        elif pid in collected:
            collected[pid] += _continuation(prefix, head, _TAB.sub(b"\t", match["text"]))
        if len(collected) > _MOST_SESSIONS:
            yield collected.pop(next(iter(collected))) + b"\n"
    for text in collected.values():
        yield text + b"\n"


def _continuation(prefix: LinePrefix, head: bytes, text: bytes) -> bytes:
    """Return a message as an entry's continuation: a further line, another part, or the rest of a line."""
    if text.startswith(b"\t"):
        return b"\n" + text
    readings = prefix.readings((head + text).decode(errors="replace"))
    if not readings or not readings[0].is_known:
        return text
    # An entry always begins with message 1: anything else that looks like an entry is a line of a name.
    is_part = (readings[0].fields["severity"] or "").strip() in PARTS
    return b"\n" + head + text if is_part else b"\n\t" + text


def _time(match: re.Match[bytes], context: LogContext) -> str:
    """Return the time of a message as %n writes it."""
    if match["iso"]:
        return _epoch(match["iso"].decode())
    # It has neither year nor time zone: assume the last twelve months and the zone of the log.
    month, day, clock = _MONTHS.get(match["month"], 0), int(match["day"]), match["clock"].decode()
    now = datetime.now(UTC)
    for year in (now.year, now.year - 1):
        zoned = context.clock.parse_local(f"{year}-{month:02}-{day:02} {clock}")
        if zoned is not None and zoned <= now + timedelta(days=1):
            return f"{zoned.timestamp():.3f}"
    return "unknown"


def _epoch(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text).timestamp():.3f}"
    except (ValueError, OverflowError):
        return "unknown"


def _prefix(context: LogContext) -> str:
    return _OWN_PREFIX + context.prefix


ENVELOPES = (Envelope("syslog", lambda sample: first_line_matches(sample, _HEADER), _unwrap, _prefix),)
