"""Where embedded servers keep their files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

SHARED_ROOT = Path("/var/lib/dbtrack")

# What a socket's whole path may have, in bytes, on the strictest system (macOS), its final NUL left out.
_SOCKET_PATH_BYTES = 103
_SOCKET_NAME = ".s.PGSQL.5432"
# The driver takes a comma as the end of a host, the server a quote as the start of a quoted directory.
_UNFIT_FOR_SOCKETS = frozenset(',"')


def default_path() -> Path:
    """The data directory of `embedded:`; for root one that the server's account can reach."""
    base = SHARED_ROOT if os.geteuid() == 0 else platformdirs.user_data_path("dbtrack")
    return base / "embedded-18"


def socket_directory(path: Path) -> Path:
    """Where the server of a data directory has its socket: there, unless that path is unfit for one."""
    fits = len(os.fsencode(path / _SOCKET_NAME)) <= _SOCKET_PATH_BYTES
    if fits and not _UNFIT_FOR_SOCKETS & set(str(path)):
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path("/tmp") / f"dbtrack-{digest}"  # noqa: S108 - private to its owner, see `make_private`
