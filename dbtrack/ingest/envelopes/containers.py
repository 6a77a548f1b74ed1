"""Logs of containers: Docker's json-file, and the Container Runtime Interface of Kubernetes."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator

from dbtrack.ingest.envelopes.envelope import Envelope, LogContext, first_line_matches, whole_lines
from dbtrack.ingest.log_stream import LogStream

_DOCKER = re.compile(rb'\{"log":"')
_CRI = re.compile(
    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d) "
    rb"(?P<stream>stdout|stderr) (?P<tag>[FP]\S*) (?P<text>[^\n]*)\n?"
)


def _docker_records(stream: LogStream) -> Iterator[tuple[bytes, bytes]]:
    for line in whole_lines(stream):
        try:
            record = json.loads(line)
            yield str(record.get("stream")).encode(), str(record["log"]).encode(errors="replace")
        except (ValueError, KeyError, TypeError, AttributeError):
            yield b"", line


def _cri_records(stream: LogStream) -> Iterator[tuple[bytes, bytes]]:
    for line in whole_lines(stream):
        match = _CRI.fullmatch(line)
        if match is None:
            yield b"", line
        else:
            end = b"" if match["tag"].startswith(b"P") else b"\n"
            yield match["stream"], match["text"] + end


def _joined(records: Iterator[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Return whole lines: a long line has several records, and those of stdout and stderr can alternate."""
    parts: defaultdict[bytes, bytes] = defaultdict(bytes)
    for stream, text in records:
        parts[stream] += text
        if text.endswith(b"\n"):
            yield parts.pop(stream)


def _docker(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
    return _joined(_docker_records(stream))


def _cri(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
    return _joined(_cri_records(stream))


ENVELOPES = (
    Envelope("Docker json-file", lambda sample: first_line_matches(sample, _DOCKER), _docker),
    Envelope("CRI", lambda sample: first_line_matches(sample, _CRI), _cri),
)
