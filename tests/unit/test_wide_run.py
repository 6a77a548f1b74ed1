"""Which tests `--rest` takes, by their markers: a wrong choice would leave tests out of every run without a word."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests import conftest

_OLDEST, _MIDDLE, _NEWEST = 15, 16, 18


@pytest.fixture(autouse=True)
def three_majors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "_found", lambda: [_OLDEST, _MIDDLE, _NEWEST])


def _taken(function: str, module: str = "") -> list[int]:
    """On which servers a test is taken that has these markers; those of a parameter come last in a function's."""
    return [
        major
        for major in (_OLDEST, _MIDDLE, _NEWEST)
        if conftest._is_left_by_default(_item(function, module, major))
    ]


def _item(function: str, module: str, major: int) -> pytest.Function:
    parent = object.__new__(pytest.Module)
    parent.parent = None
    parent.own_markers = [getattr(pytest.mark, name).mark for name in module.split()]
    item = object.__new__(pytest.Function)
    item.parent = parent
    item.own_markers = [getattr(pytest.mark, name).mark for name in function.split()]
    item.callspec = SimpleNamespace(params={"server": major})  # type: ignore[assignment]
    return item


@pytest.mark.parametrize(
    ("markers", "majors"),
    [
        ("", [_OLDEST]),
        ("every_server", [_OLDEST, _MIDDLE]),
        ("any_server", []),
        ("newest", []),
        ("matrix", [_OLDEST, _NEWEST]),
        ("matrix every_server", [_OLDEST, _MIDDLE, _NEWEST]),
        ("matrix any_server", [_NEWEST]),
        ("matrix newest", [_NEWEST]),
    ],
)
def test_what_the_default_run_leaves_out_is_taken(markers: str, majors: list[int]) -> None:
    assert _taken(markers) == _taken("", markers) == majors


def test_the_marker_of_a_parameter_counts_before_the_functions_and_that_before_the_modules() -> None:
    assert _taken("every_server", "newest") == [_OLDEST, _MIDDLE]
    assert _taken("newest", "every_server") == []
    assert _taken("every_server matrix newest") == [_NEWEST]
    assert _taken("matrix", "any_server") == [_NEWEST]
