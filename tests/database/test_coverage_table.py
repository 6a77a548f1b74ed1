"""docs/coverage.md: each kind of DDL is captured in the ways that its table says.

`DBTRACK_UPDATE_GOLDEN=1 pytest -n0 -m '' --servers=all tests/database/test_coverage_table.py` measures it anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from tests.database.coverage.cases import cases_on
from tests.database.coverage.page import GOLDEN, PAGE, Measured, page_with
from tests.database.coverage.ways import ALONE, WAYS, Cells, measure
from tests.database.logging_server import start_logging_server
from tests.servers import SUPPORTED_MAJORS, Server

UPDATES = bool(os.environ.get("DBTRACK_UPDATE_GOLDEN"))


@pytest.fixture(scope="module")
def measured(server: Server) -> Iterator[tuple[int, Cells]]:
    logging = start_logging_server("log_statement = all\n", server.major)
    try:
        yield server.major, measure(logging)
    finally:
        logging.stop()


def golden() -> Measured:
    table: Measured = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    return table


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_kind_is_captured_as_the_table_says(measured: tuple[int, Cells]) -> None:
    major, cells = measured
    if UPDATES:
        _update(major, cells)
    table = golden()
    differences = [
        f"{name} by {way} on PostgreSQL {major}: {cells[name][way]}, the table says {said}"
        for name in cells
        for way in WAYS
        if (said := table.get(name, {}).get(way, {}).get(str(major), "nothing")) != cells[name][way]
    ]
    assert not differences, "\n".join(differences)


def test_the_page_has_what_was_measured() -> None:
    page = PAGE.read_text()
    if UPDATES:
        PAGE.write_text(page_with(golden(), page))
    assert PAGE.read_text() == page_with(golden(), page)
    assert golden().keys() == {case.name for major in SUPPORTED_MAJORS for case in cases_on(major)} | {ALONE}


def _update(major: int, cells: Cells) -> None:
    table = golden()
    for name, ways in cells.items():
        for way, value in ways.items():
            table.setdefault(name, {}).setdefault(way, {})[str(major)] = value
    GOLDEN.write_text(json.dumps(table, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
