"""How many events the long tests of streams publish."""

from __future__ import annotations

import os

MANY_EVENTS = int(os.environ.get("DBTRACK_TEST_EVENTS", "20000"))
