"""Standard output and error, made fit for reports whatever the shell left of them."""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from contextlib import suppress
from typing import Any

_ESCAPING = "dbtrack.escape"


def prepare_streams() -> None:
    """Let no character that the locale cannot show end a report; a closed output fails when written to."""
    codecs.register_error(_ESCAPING, _escape)
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(_Closed(), encoding="utf-8", write_through=True)
    elif isinstance(getattr(sys.stdout, "buffer", None), io.RawIOBase):
        sys.stdout = _buffered(sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=_ESCAPING)


def leave_streams() -> None:
    """Keep the interpreter from failing again, with a code of its own, when it flushes on its way out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            _discard(stream)


def _buffered(stream: Any) -> io.TextIOWrapper:
    """With PYTHONUNBUFFERED the interpreter writes once, and drops silently what a full disk did not take."""
    settings = {"encoding": stream.encoding, "errors": stream.errors, "line_buffering": stream.isatty()}
    return io.TextIOWrapper(io.BufferedWriter(stream.detach()), **settings)


class _Closed(io.RawIOBase):
    """Stands for a standard output that is closed: many commands write nothing to it."""

    def writable(self) -> bool:
        return True

    def write(self, _data: Any, /) -> int:
        raise OSError(errno.EBADF, "standard output is closed")


def _escape(error: UnicodeError) -> tuple[str, int]:
    r"""Spell characters as JSON does, `\u00e9`: what is JSON must stay JSON, and people can read it too."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    spelled = (f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))
    return "".join(spelled), error.end


def _discard(stream: Any) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
