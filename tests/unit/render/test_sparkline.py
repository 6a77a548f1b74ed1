"""Charts of one line."""

from __future__ import annotations

from decimal import Decimal

from dbtrack.render.sparkline import shortened, sparkline


def test_a_sparkline_shows_one_among_thousands() -> None:
    assert sparkline([0, 1, 5000]) == "▁▂█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""


def test_what_is_not_known_is_no_bar_and_the_lowest_can_be_chosen() -> None:
    assert sparkline([None, Decimal("98.5"), 100], lowest=98) == "·▃█"
    assert sparkline([100, 100], lowest=100) == "▁▁"


def test_a_long_series_is_shortened_to_means_of_neighbours() -> None:
    assert shortened([1, 3, None, 5, None, None], 3) == [2.0, 5.0, None]
    assert shortened([1, 2], 3) == [1, 2]
