"""Say in one line what a row is about, for a message to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbtrack.notify.message import clip

_LONGEST_TEXT = 300
# In the order in which they are said. Of the last ones, which say why, the first that there is.
_WHAT = (
    "script_type",
    "script_name",
    "metric_category",
    "metric_name",
    "health_metric",
    "signal",
    "notice_type",
    "subject",
)
_HOW = ("execution_status", "current_status", "status", "performance_rating")
_AS_USUAL = "COMPLETED"
_WHY = ("error_message", "details", "message", "sql_command")
_WITH_UNITS = (("value", "unit"), ("metric_value", "metric_unit"), ("current_value", "metric_unit"))


def summary(row: Mapping[str, object]) -> str:
    """Return one line about a row: what it is, on which objects, how it is, why, and who did it.

    Args:
        row: the values by column, as they are in JSON; those without a value may be missing.
    """
    if "measure" in row and "reason" in row:
        return clip(str(row["reason"]), _LONGEST_TEXT)
    words = [str(row[name]) for name in (*_WHAT, *_HOW) if row.get(name) not in (None, _AS_USUAL)]
    words += [f"{row[name]} {row.get(unit, '')}".rstrip() for name, unit in _WITH_UNITS if name in row]
    words += [_list(row[name]) for name in ("affected_objects", "gained_rights") if name in row]
    why = next((clip(" ".join(str(row[name]).split()), _LONGEST_TEXT) for name in _WHY if name in row), "")
    who = f"by {row['db_session_user']}" if "db_session_user" in row else ""
    return " ".join(filter(None, [" ".join(words) + (":" if why else ""), why, f"({who})" if who else ""]))


def _list(value: object) -> str:
    items = [str(item) for item in value] if isinstance(value, Sequence) else [str(value)]
    more = f" and {len(items) - 3} more" if len(items) > 3 else ""
    return ", ".join(items[:3]) + more
