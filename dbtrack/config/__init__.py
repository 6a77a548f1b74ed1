"""Which database to connect to: the command line, the environment and the configuration file."""

from __future__ import annotations

from dbtrack.config.keys import KeyRing, key_ring
from dbtrack.config.options import ConnectionOptions, ConnectionTarget
from dbtrack.config.spool import records_wait, spool_path
from dbtrack.config.target import check_options, resolve_target

__all__ = [
    "ConnectionOptions",
    "ConnectionTarget",
    "KeyRing",
    "check_options",
    "key_ring",
    "records_wait",
    "resolve_target",
    "spool_path",
]
