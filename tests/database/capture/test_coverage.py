"""docs/coverage.md: each kind of DDL is captured in the ways that its table says.

`DBTRACK_UPDATE_GOLDEN=1 pytest -n0 -m '' --servers=all tests/database/capture/test_coverage.py` measures it again.
"""

from __future__ import annotations

import json

import pytest

from tests.database.capture.coverage.cases import cases_on
from tests.database.capture.coverage.page import GOLDEN, PAGE, Measured, page_with
from tests.database.capture.coverage.ways import ALONE, Cells, compared_cells, recorded_cells
from tests.support.golden_files import how_to_update, is_updating
from tests.support.servers import SUPPORTED_MAJORS, Server

_OPTIONS = "-n0 -m '' --servers=all"


def golden() -> Measured:
    table: Measured = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    return table


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_kind_is_recorded_as_the_table_says(logging: Server) -> None:
    assert differences(logging.major, recorded_cells(logging)) == [], how_to_update(_OPTIONS)


@pytest.mark.matrix
@pytest.mark.any_server
@pytest.mark.timeout(1200)
def test_each_kind_is_found_by_a_comparison_as_the_table_says(logging: Server) -> None:
    assert differences(logging.major, compared_cells(logging)) == [], how_to_update(_OPTIONS)


def differences(major: int, cells: Cells) -> list[str]:
    """Return what is other than the table says."""
    if is_updating():
        _update(major, cells)
    table = golden()
    return [
        f"{name} by {way} on PostgreSQL {major}: {value}, the table says {said}"
        for name, ways in cells.items()
        for way, value in ways.items()
        if (said := table.get(name, {}).get(way, {}).get(str(major), "nothing")) != value
    ]


def test_the_page_has_what_was_measured() -> None:
    page = PAGE.read_text()
    if is_updating():
        PAGE.write_text(page_with(golden(), page))
    assert PAGE.read_text() == page_with(golden(), page), how_to_update("-n0 -k page_has")
    names = {case.name for major in SUPPORTED_MAJORS for case in cases_on(major)} | {ALONE}
    assert golden().keys() == names, how_to_update(_OPTIONS)


def _update(major: int, cells: Cells) -> None:
    table = golden()
    for name, ways in cells.items():
        for way, value in ways.items():
            table.setdefault(name, {}).setdefault(way, {})[str(major)] = value
    GOLDEN.write_text(json.dumps(table, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
