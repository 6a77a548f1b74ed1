"""docs/alerts.md names each ready alert, each source with its columns, each key of a notice and each unit."""

from __future__ import annotations

import re

from dbtrack import sql_files
from dbtrack.notify.alerts.ready import READY
from dbtrack.notify.alerts.sources import SOURCES
from tests.support.paths import DOCS

PAGE = (DOCS / "alerts.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([a-z0-9_-]+)`", PAGE))


def test_every_ready_alert() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| .* \|", PAGE.partition("## Ready alerts")[2], re.MULTILINE)
    assert rows[: len(READY)] == list(READY)


def test_every_source_and_its_own_columns() -> None:
    assert SOURCES.keys() - NAMED == set()
    own = {column.name for source in SOURCES.values() if source.report is None for column in source.columns}
    assert own - NAMED == set()


def test_every_signal() -> None:
    text = sql_files.query("alerts/signals")
    signals = set(re.findall(r"SELECT '([a-z0-9_]+)'", text))
    assert len(signals) == 6
    assert signals - NAMED == set()


def test_every_key_of_a_notice() -> None:
    (routine,) = [file for file in sql_files.sources("routines") if file.name == "notify_alert"]
    keys = set(re.findall(r"'([a-z_]+)', (?:p_|nullif|to_jsonb|CASE)", routine.text))
    assert {"alert", "summary", "next_step", "first", "endpoints", "resolved_at"} <= keys
    assert keys - NAMED == set()
