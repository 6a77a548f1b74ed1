"""Find an object by a name, as PostgreSQL reads it."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from dbtrack import sql_files
from dbtrack.errors import UsageError
from dbtrack.objects.model import FoundObject
from dbtrack.render.screens.shortening import short_identity

if TYPE_CHECKING:
    from dbtrack.db import Database

_SHOWN = 3


class NoSuchObjectError(UsageError):
    """The record knows no object of this name."""


def find(database: Database, name: str, moment: datetime | None = None) -> list[FoundObject]:
    """Return what a name stands for: first what is meant, then what had the name before.

    Args:
        name: `orders`, `shop.orders`, `"Order Items"`, `recalc_totals(date)`; without a schema it is looked
            for in the search path.
        moment: the time at which it had the name; None for now.

    Raises:
        NoSuchObjectError: nothing has or had this name; the hint has those that are near.
        UsageError: it is not a name, or the name of several functions.
    """
    found = [FoundObject(*row) for row in database.call("get_objects", p_name=name, p_moment=moment)]
    if not found:
        if moment is None:
            raise NoSuchObjectError(f"no object called {name} is in the record", hint=_hint(database, name))
        is_known = any(database.call("get_objects", p_name=name, p_moment=None))
        raise NoSuchObjectError(
            f"no object called {name} is in the record at that time",
            hint=f"dbtrack log {shlex.quote(name)} lists its versions" if is_known else _hint(database, name),
        )
    functions = sorted(each.identity for each in found if each.has_name and "(" in each.identity)
    if len(functions) > 1 and "(" not in name:
        raise UsageError(
            f"{name} is the name of {len(functions)} functions",
            hint="one of " + ", ".join(short_identity(each) for each in functions),
        )
    return found


def restores(database: Database, found: FoundObject, moment: datetime | None = None) -> dict[bytes, datetime]:
    """Return when restores gave the object another oid, by the key that it had before, the latest first."""
    rows = database.call("get_object_restores", p_object=found.key, p_moment=moment)
    return {row[1]: row[0] for row in rows}


def notes(name: str, found: list[FoundObject], restored: Mapping[bytes, datetime]) -> list[str]:
    """Return what a reader should know: it was renamed, dropped or restored; what else it could be.

    Args:
        restored: as `restores` returns it.
    """
    chosen = found[0]
    said = [
        f"restored on {each:%Y-%m-%d %H:%M:%S%z}: what is older was recorded before the restore"
        for each in restored.values()
    ]
    if chosen.is_dropped:
        said.append(f"{short_identity(chosen.identity)} was dropped")
    elif not chosen.has_name and chosen.kind is None:
        said.append(f"{name} is called {short_identity(chosen.identity)} now")
    others = [other for other in found[1:] if other.key not in restored]
    for other in others[: _SHOWN - 1]:
        until = f" until {other.named_until:%Y-%m-%d %H:%M:%S%z}" if other.named_until else ""
        state = ", which was dropped" if other.is_dropped else f", now {short_identity(other.identity)}"
        said.append(f"another {other.object_type} had this name{until}{state}: key {other.key.hex()}")
    return said


def _hint(database: Database, name: str) -> str:
    known = {row[0] for row in database.rows(sql_files.query("objects/near_names"))}
    near = _near(name, known)
    # What is there under this very name was there before its history was recorded.
    if near and name not in near:
        return "did you mean " + " or ".join(near) + "?"
    return "dbtrack maintain records objects that are older than their history"


def _near(name: str, known: set[str]) -> list[str]:
    """Return the known names that are most like a name, with its schema or in any."""
    whole = {short_identity(each).lower(): each for each in known}
    bare = {each.split("(")[0].rsplit(".", 1)[-1].lower(): each for each in known}
    candidates = {**bare, **whole}
    close = difflib.get_close_matches(name.lower(), candidates, n=_SHOWN, cutoff=0.75)
    return list(dict.fromkeys(short_identity(candidates[each]) for each in close))
