"""The charts of the documents: what a picture says of weeks without operations."""

from __future__ import annotations

from dbtrack.documents.charts import Week, weeks_chart


def test_a_week_in_which_nothing_ended_has_no_share_that_failed() -> None:
    quiet = [Week("", 0, 0)] * 11
    drawn = weeks_chart([*quiet, Week("", 200, 4)])
    assert drawn.count("<circle") == 1
    assert ">2.00 %<" in drawn
    assert weeks_chart([*quiet, Week("", 200, 0)]).count("<circle") == 0
    before = weeks_chart([Week("", 200, 4), *quiet])
    assert before.count("<circle") == 1
    assert "%<" not in before
