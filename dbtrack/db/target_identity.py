"""Which database a target means, without connecting to it."""

from __future__ import annotations

from dbtrack.config import ConnectionTarget
from dbtrack.db.libpq_keywords import libpq_defaults, libpq_keywords

_PLACE = ("host", "hostaddr", "port", "dbname", "user")


def describe_place(target: ConnectionTarget) -> dict[str, str]:
    """Return the libpq keywords that say which database a target means, and as whom; never a password.

    Raises:
        UsageError: the conninfo is malformed.
    """
    if target.embedded_path is not None:
        named = {name: target.overrides[name] for name in _PLACE if name in target.overrides}
        return {"embedded": str(target.embedded_path), **named}
    given = libpq_keywords(target)
    service = given.get("service")
    found = libpq_defaults(service) | given
    place = {name: found[name] for name in _PLACE if found.get(name)}
    if "user" in place:
        place.setdefault("dbname", place["user"])
    return place
