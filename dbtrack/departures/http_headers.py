"""Headers for HTTP that may be secret, from a file that only its owner can read."""

from __future__ import annotations

import re
import shlex
import stat
from pathlib import Path

from dbtrack import files
from dbtrack.errors import DbtrackError, UsageError

_LINE = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+)[ \t]*:[ \t]*([\x20-\x7e]*?)[ \t]*")
_MOST_BYTES = 1 << 16


def read_headers(file: Path | None) -> dict[str, str]:
    """Return the headers in a file, one `Name: value` a line.

    Empty lines and those that begin with # are left out.

    Raises:
        UsageError: it cannot be read, or a line is not a header; the message does not repeat the line.
        DbtrackError: others can read it.
    """
    if file is None:
        return {}
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise DbtrackError(
                f"others can read the headers in {file}", hint=f"run: chmod 600 {shlex.quote(str(file))}"
            )
        text = files.read_regular(file, most_bytes=_MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from error
    headers = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise UsageError(f"{file}: line {number} is not a header", hint="write Name: value")
        headers[match[1]] = match[2]
    return headers
