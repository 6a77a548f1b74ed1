"""Logs in UTF-16, as PowerShell redirects output to a file, and logs with a byte order mark."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator

from dbtrack.ingest.envelopes.envelope import Envelope, LogContext
from dbtrack.ingest.log_stream import BLOCK_BYTES, LogStream

_SAMPLE_BYTES = 400


def _decoder(encoding: str) -> Callable[[LogStream, LogContext], Iterator[bytes]]:
    def unwrap(stream: LogStream, _context: LogContext) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        is_first = True
        while chunk := stream.read(BLOCK_BYTES):
            text = decoder.decode(chunk)
            yield (text.removeprefix("\ufeff") if is_first else text).replace("\r\n", "\n").encode()
            is_first = False

    return unwrap


def _has_zeros(sample: bytes, place: int) -> bool:
    """Return whether every other byte is zero, as in mostly ASCII text in this encoding."""
    part = sample[:_SAMPLE_BYTES]
    zeros = part[place::2]
    return len(part) > 20 and zeros.count(0) > len(zeros) * 0.7 and part[1 - place :: 2].count(0) == 0


ENVELOPES = (
    Envelope("a byte order mark", lambda sample: sample.startswith(codecs.BOM_UTF8), _decoder("utf-8")),
    Envelope(
        "UTF-16",
        lambda sample: sample.startswith(codecs.BOM_UTF16_LE) or _has_zeros(sample, 1),
        _decoder("utf-16-le"),
    ),
    Envelope(
        "UTF-16",
        lambda sample: sample.startswith(codecs.BOM_UTF16_BE) or _has_zeros(sample, 0),
        _decoder("utf-16-be"),
    ),
)
