"""Takes a log out of what it is wrapped in, one wrapping after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from dbtrack.ingest.envelopes import clouds, compressed, containers, encodings, syslog
from dbtrack.ingest.envelopes.envelope import Pieces, Reading, Wrapper
from dbtrack.ingest.formats.log_format import tells_its_form
from dbtrack.ingest.log_stream import LogStream, PipeStream, can_begin_again, first_bytes

_OF_FILES = (*compressed.WRAPPERS, *encodings.WRAPPERS)
_OF_LINES = (*containers.WRAPPERS, *clouds.WRAPPERS, *syslog.WRAPPERS)
_MOST_LAYERS = 5


@dataclass(frozen=True)
class Unwrapped:
    """A log as the server wrote it.

    Args:
        prefix: its log_line_prefix, where the wrapping tells it.
        wrapping: what it was in, the outermost first.
    """

    stream: LogStream
    prefix: str | None = None
    wrapping: tuple[str, ...] = ()


def unwrap(stream: LogStream, reading: Reading, *, has_lines_only: bool) -> Unwrapped:
    """Return the log that a stream holds.

    Args:
        has_lines_only: the form of the lines is known: only compression and encodings are looked for.

    Raises:
        DamagedLogError: it cannot be unpacked here.
    """
    wrappers = _OF_FILES if has_lines_only else (*_OF_FILES, *_OF_LINES)
    found = Unwrapped(stream)
    for _ in range(_MOST_LAYERS):
        sample = first_bytes(found.stream, partial(_is_enough, wrappers))
        found.stream.go_to(0)
        wrapper = _wrapper(wrappers, sample)
        if wrapper is None:
            break
        inner = _inner(wrapper, found.stream, reading)
        prefix = wrapper.prefix(reading) if wrapper.prefix else found.prefix
        found = Unwrapped(inner, prefix, (*found.wrapping, wrapper.name))
    return found


def _inner(wrapper: Wrapper, stream: LogStream, reading: Reading) -> LogStream:
    def again() -> Pieces:
        stream.go_to(0)
        return Pieces(wrapper.unwrap(stream, reading))

    return PipeStream(again(), again if can_begin_again(stream) else None)


def _is_enough(wrappers: Sequence[Wrapper], sample: bytes) -> bool:
    return tells_its_form(sample) or _wrapper(wrappers, sample) is not None


def _wrapper(wrappers: Sequence[Wrapper], sample: bytes) -> Wrapper | None:
    return next((each for each in wrappers if each.matches(sample)), None)
