"""The directories of embedded servers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

SHARED_ROOT = Path("/var/lib/dbtrack")

# The longest path of a socket on the strictest system (macOS), without its final NUL.
_SOCKET_PATH_BYTES = 103
_SOCKET_NAME = ".s.PGSQL.5432"
# For the driver a comma ends a host; for the server a quote begins a quoted directory.
_UNFIT_FOR_SOCKETS = frozenset(',"')


def default_path() -> Path:
    """Return the data directory of `embedded:`; for root, one that the server's account can reach."""
    base = SHARED_ROOT if os.geteuid() == 0 else platformdirs.user_data_path("dbtrack")
    return base / "embedded-18"


def socket_directory(path: Path) -> Path:
    """Return the directory of the server's socket: the data directory, unless its path does not fit."""
    fits = len(os.fsencode(path / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES
    if fits and not _UNFIT_FOR_SOCKETS & set(str(path)):
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path("/tmp") / f"dbtrack-{digest}"  # noqa: S108 - private to its owner, see `make_private`
