"""Classes of data: say that an object or a column contains something that the organisation protects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack.db import Database
from dbtrack.errors import UsageError
from dbtrack.sureness import Sureness


@dataclass(frozen=True)
class Suggestion:
    """A column or a view that looks as if it should be classified, as `get_class_suggestions` returns it."""

    object_identity: str
    object_type: str
    column_name: str | None
    column_type: str | None
    class_name: str
    sureness: str
    why: str
    rule_name: str

    @property
    def name(self) -> str:
        """The name that `classify` takes."""
        if self.column_name is None:
            return self.object_identity
        quoted = self.column_name.replace('"', '""')
        return f'{self.object_identity}."{quoted}"'


def classify(
    database: Database, name: str, class_name: str, reason: str | None = None, *, removes: bool = False
) -> bytes | None:
    """Give a class to an object or a column, or take it away; return the key of its execution.

    Args:
        name: [schema.]object[.column], as PostgreSQL reads names.
        reason: why; it is recorded, with the login.

    Returns:
        None if it had that class already.

    Raises:
        DbtrackError: the login may not, there is no such object or class, or it does not have that class.
    """
    key = database.call_value(
        "classify_object", object_name=name, class_name=class_name, reason=reason, is_removed=removes
    )
    return None if key is None else bytes(key)


def suggest(
    database: Database, class_name: str | None = None, sureness: Sureness = Sureness.LOW
) -> list[Suggestion]:
    """Return what should perhaps be classified, the surest first.

    Args:
        class_name: only suggestions of this class.
        sureness: the least that they are.
    """
    order = list(Sureness)
    accepted = order[: order.index(sureness) + 1]
    rows = database.call("get_class_suggestions", p_class=class_name)
    return [each for each in (Suggestion(*row) for row in rows) if each.sureness in accepted]


def apply(database: Database, suggestions: Sequence[Suggestion], reason: str | None = None) -> int:
    """Classify what was suggested, all or nothing, and return how many were new.

    Args:
        reason: for all of them; None: what speaks for each.
    """
    with database.transaction():
        keys = [
            classify(database, each.name, each.class_name, reason or f"suggested: {each.why}")
            for each in suggestions
        ]
    return sum(key is not None for key in keys)


def check_class(database: Database, class_name: str | None) -> None:
    """Refuse the name of a class that there is not, for which a report would be empty.

    Raises:
        UsageError: nothing has or can have this class.
    """
    if class_name is None:
        return
    known = database.call_value("class_names")
    if class_name not in known and not database.call("get_classes", p_moment=None, p_class=class_name):
        raise UsageError(f"there is no class {class_name!r}", hint=f"one of {', '.join(known)}")
