"""dbtrack: a PostgreSQL database that knows what was changed, by whom, when, and whether it worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbtrack.version import __version__

__all__ = ["Tracker", "__version__"]

if TYPE_CHECKING:
    from dbtrack.api import Tracker


def __getattr__(name: str) -> object:
    # Imported on first use: the command line must start without importing the driver.
    if name == "Tracker":
        from dbtrack.api import Tracker

        return Tracker
    raise AttributeError(f"module 'dbtrack' has no attribute {name!r}")
