"""Which database to connect to: the command line, the environment and the configuration file."""

from __future__ import annotations

from dbtrack.config.connection_target import ConnectionOptions, ConnectionTarget
from dbtrack.config.digest_settings import DigestPlace, DigestSettings
from dbtrack.config.encryption_keys import KeyRing, key_ring
from dbtrack.config.find_target import check_options, resolve_target
from dbtrack.config.spool_directory import records_wait, spool_path
from dbtrack.config.time_zone import SystemZone, client_zone, zone_for_server

__all__ = [
    "ConnectionOptions",
    "ConnectionTarget",
    "DigestPlace",
    "DigestSettings",
    "KeyRing",
    "SystemZone",
    "check_options",
    "client_zone",
    "key_ring",
    "records_wait",
    "resolve_target",
    "spool_path",
    "zone_for_server",
]
