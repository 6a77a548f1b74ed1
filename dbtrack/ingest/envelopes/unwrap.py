"""Take a log out of its envelopes, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dbtrack.ingest.envelopes import clouds, compressed, containers, encodings, syslog
from dbtrack.ingest.envelopes.envelope import Envelope, LogContext, PieceReader
from dbtrack.ingest.formats.log_format import reveals_format
from dbtrack.ingest.log_stream import LogStream, PipeStream, is_rewindable, read_sample

_FILE_ENVELOPES = (*compressed.ENVELOPES, *encodings.ENVELOPES)
_LINE_ENVELOPES = (*containers.ENVELOPES, *clouds.ENVELOPES, *syslog.ENVELOPES)
_MOST_LAYERS = 5


@dataclass(frozen=True)
class Unwrapped:
    """A log as the server wrote it.

    Args:
        prefix: its log_line_prefix, if an envelope determines it.
        envelopes: the names of its envelopes, the outermost first.
    """

    stream: LogStream
    prefix: str | None = None
    envelopes: tuple[str, ...] = ()


def unwrap(stream: LogStream, context: LogContext, *, is_format_given: bool) -> Unwrapped:
    """Return the log inside a stream.

    Args:
        is_format_given: whether the user gave the log's format, so that only compression and encodings are
            tried.

    Raises:
        DamagedLogError: it cannot be decompressed here.
    """
    envelopes = _FILE_ENVELOPES if is_format_given else (*_FILE_ENVELOPES, *_LINE_ENVELOPES)
    found = Unwrapped(stream)
    for _ in range(_MOST_LAYERS):
        sample = read_sample(found.stream, partial(_is_enough, envelopes))
        found.stream.seek(0)
        envelope = _matching_envelope(envelopes, sample)
        if envelope is None:
            break
        inner = _inner(envelope, found.stream, context)
        prefix = envelope.prefix(context) if envelope.prefix else found.prefix
        found = Unwrapped(inner, prefix, (*found.envelopes, envelope.name))
    return found


def _inner(envelope: Envelope, stream: LogStream, context: LogContext) -> LogStream:
    def reopen() -> PieceReader:
        stream.seek(0)
        return PieceReader(envelope.unwrap(stream, context))

    return PipeStream(reopen(), reopen if is_rewindable(stream) else None)


def _is_enough(envelopes: Sequence[Envelope], sample: bytes) -> bool:
    return reveals_format(sample) or _matching_envelope(envelopes, sample) is not None


def _matching_envelope(envelopes: Sequence[Envelope], sample: bytes) -> Envelope | None:
    return next((each for each in envelopes if each.matches(sample)), None)
