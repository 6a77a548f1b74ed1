"""Wait for what happens in another process or thread."""

from __future__ import annotations

import time
from collections.abc import Callable

_LONGEST_SECONDS = 60


def wait_until(condition: Callable[[], object], what: str = "what was waited for") -> None:
    """Wait until something holds, with a generous limit, and fail when it never does."""
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)
