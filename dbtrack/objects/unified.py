"""Differences as unified text, as `diff -u` and git write them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from dbtrack.objects.model import ObjectState
from dbtrack.objects.script import object_script


def unified(
    old: ObjectState | None, new: ObjectState | None, old_label: str, new_label: str
) -> Iterator[str]:
    """Yield the lines of a unified difference of the SQL that creates an object, before and after.

    Args:
        old, new: None where it was not there.
        old_label, new_label: the moments, which stand in the head.
    """
    before, after = _lines(old), _lines(new)
    old_name = old.identity if old is not None and before else "/dev/null"
    new_name = new.identity if new is not None and after else "/dev/null"
    for line in difflib.unified_diff(before, after, old_name, new_name, old_label, new_label, lineterm=""):
        yield line + "\n"


def _lines(state: ObjectState | None) -> list[str]:
    return [] if state is None or not state.parts else "".join(object_script(state)).splitlines()
