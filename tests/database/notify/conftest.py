"""Fixtures for webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.receiver import Receiver
from tests.support.webhooked import Webhooked


@pytest.fixture
def hooked(installed_conninfo: str, tmp_path: Path) -> Iterator[Webhooked]:
    """A database with dbtrack installed."""
    with psycopg.connect(installed_conninfo, autocommit=True) as connection:
        yield Webhooked(installed_conninfo, connection, tmp_path)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with Receiver() as receiver:
        yield receiver
