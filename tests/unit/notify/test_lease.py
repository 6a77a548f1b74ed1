"""A lease that a killed worker of this machine left behind is not waited for; any other is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from dbtrack.events.cursor import this_worker
from dbtrack.notify.lease import is_abandoned, is_taken
from dbtrack.notify.store import Work


def work(leased_by: str | None, seconds: float = 20.0) -> Work:
    return Work("ops", {}, 3, leased_by, seconds, "", 0, 0.0, 0)


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("leased_by", "is_left"),
    [
        (f"{socket.gethostname()}:{dead_process()}", True),
        (f"{socket.gethostname()}:{os.getppid()}", False),
        (this_worker(), True),
        (f"elsewhere-{socket.gethostname()}:{dead_process()}", False),
        ("malformed", False),
        (None, False),
    ],
    ids=["ended", "running", "own", "elsewhere", "malformed", "nobody"],
)
def test_whose_lease_is_left_behind(leased_by: str | None, is_left: bool) -> None:
    assert is_abandoned(work(leased_by)) is is_left
    assert is_taken(work(leased_by)) is not is_left


def test_a_lease_that_is_over_is_nobody_s() -> None:
    assert not is_taken(work("elsewhere:1", 0.0))
