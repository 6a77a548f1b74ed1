"""The screen of ``dbtrack grants``: who may do what, and who granted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from dbtrack.render.screens.canvas import Canvas, Meaning
from dbtrack.render.screens.shortening import cells, clip, clip_middle, short_identity, short_key

Row = Mapping[str, Any]
_WHO = 46


def write_grants(canvas: Canvas, title: Sequence[str], rows: Iterable[Row]) -> int:
    """Write privileges, object by object, and return how many lines."""
    canvas.head(*title, right=canvas.zone_words)
    count = 0
    for identity, group in groupby(rows, key=lambda row: row["object_identity"]):
        canvas.put(
            " ", (clip_middle(canvas.shown(short_identity(identity)), canvas.width - 2), Meaning.STRONG)
        )
        for row in group:
            _write_grant(canvas, row)
            count += 1
    if count == 0:
        canvas.put(" no privilege is recorded")
    canvas.foot("--as-of TIME", "dbtrack show KEY", "owners have all privileges without a line")
    return count


def _write_grant(canvas: Canvas, row: Row) -> None:
    column = f" ({row['column_name']})" if row["column_name"] else ""
    option = " WITH GRANT OPTION" if row["is_grantable"] else ""
    told = canvas.shown(f"{row['grantee']}  {', '.join(row['privileges'])}{column}{option}")
    if row["granted_at"] is None:
        who, key = "before the record", ""
    else:
        by = " ".join(filter(None, (row["script_name"], row["db_session_user"], row["ticket"])))
        who = f"{canvas.time(row['granted_at'])}  {by}"
        key = f"  {short_key(row['execution_key'])}"
    shown = clip(canvas.shown(who), _WHO)
    room = canvas.width - cells(shown) - len(key) - 6
    if room >= cells(told):
        canvas.put("   ", told, right=[(shown, Meaning.FAINT), (key, Meaning.KEY), " "])
    else:
        canvas.put_folded(3, told)
        canvas.put("      ", (clip(shown, canvas.width - len(key) - 7), Meaning.FAINT), (key, Meaning.KEY))
