"""Prepare standard output and error for reports, in whatever state the shell left them."""

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
    """Escape characters that the locale cannot show; let a closed output fail only when it is written to."""
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
    """Flush the streams, and discard what cannot be written: the interpreter would fail on it at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            _discard(stream)


def _buffered(stream: Any) -> io.TextIOWrapper:
    """Buffer a stream that PYTHONUNBUFFERED left raw: a raw write may silently write a part only."""
    settings = {"encoding": stream.encoding, "errors": stream.errors, "line_buffering": stream.isatty()}
    return io.TextIOWrapper(io.BufferedWriter(stream.detach()), **settings)


class _Closed(io.RawIOBase):
    """Replaces a closed standard output, since many commands write nothing to it."""

    def writable(self) -> bool:
        return True

    def write(self, _data: Any, /) -> int:
        raise OSError(errno.EBADF, "standard output is closed")


def _escape(error: UnicodeError) -> tuple[str, int]:
    r"""Write characters as JSON escapes, `\u00e9`: JSON stays JSON, and people can read it too."""
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
