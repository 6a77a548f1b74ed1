"""Location of the spool. Kept light to import: every connecting command checks it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

WAITING_SUFFIX = ".jsonl"


def spool_path(environ: Mapping[str, str]) -> Path:
    """Return the spool: `$DBTRACK_SPOOL`, or `spool` in the user's state directory; it may not exist."""
    chosen = environ.get("DBTRACK_SPOOL")
    return Path(chosen).expanduser() if chosen else platformdirs.user_state_path("dbtrack") / "spool"


def records_wait(spool: Path) -> bool:
    """Return whether the spool holds a record, for whichever database; no file is read."""
    try:
        with os.scandir(spool) as entries:
            return any(entry.name.endswith(WAITING_SUFFIX) for entry in entries)
    except OSError:
        return False
