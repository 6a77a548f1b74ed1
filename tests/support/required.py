"""What a test needs beside the `dev` extra: CI has it all, a contributor's machine may not."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

_VARIABLE = "DBTRACK_TESTS_SKIP_NOTHING"


def missing(what: str, remedy: str) -> NoReturn:
    """Skip the test, or fail it where DBTRACK_TESTS_SKIP_NOTHING is set, as `.ci/run` does."""
    reason = f"{what} is not on this machine: {remedy}"
    if os.environ.get(_VARIABLE):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def required_program(name: str, remedy: str = "apt-get install prometheus") -> str:
    """Return the path of a program that the test needs."""
    return shutil.which(name) or missing(name, remedy)
