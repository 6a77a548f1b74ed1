"""From a connection target to libpq's keywords."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

from dbtrack import embedded
from dbtrack.config import ConnectionTarget
from dbtrack.errors import UsageError

_EXAMPLE = "write postgresql://user@host:5432/name or 'host=… dbname=…'"
_ADDRESS = ("host", "hostaddr", "port")
_IDENTITY = (*_ADDRESS, "dbname", "user")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,40}")
_DIGITS = re.compile(r"[0-9]{1,5}")
_LAST_PORT = 65535


def libpq_keywords(target: ConnectionTarget) -> dict[str, str]:
    """The libpq keywords that a target comes to, an embedded server being started for them.

    Raises:
        UsageError: the conninfo is malformed. The message never repeats any of it.
        DbtrackError: the embedded server cannot be had.
    """
    if target.error is not None:
        raise target.error
    if target.embedded_path is not None:
        # An address from PGHOSTADDR would win over the socket.
        _check_ports(target.overrides.get("port", ""))
        base = embedded.start(target.embedded_path) | {"hostaddr": ""}
        return base | dict(target.overrides)
    parsed = _parse(target.conninfo, target.source)
    keywords = _overridden(dict(target.defaults) | parsed, target.overrides)
    _check_ports(keywords.get("port") or os.environ.get("PGPORT", ""))
    service = keywords.get("service") or os.environ.get("PGSERVICE")
    return _service_address(service) | keywords if service else keywords


def describe_place(target: ConnectionTarget) -> dict[str, str]:
    """Return the libpq keywords that say which database a target means, and as whom; never a password.

    Raises:
        UsageError: the conninfo is malformed.
    """
    if target.embedded_path is not None:
        named = {name: target.overrides[name] for name in _IDENTITY if name in target.overrides}
        return {"embedded": str(target.embedded_path), **named}
    given = libpq_keywords(target)
    service = given.get("service")
    found = libpq_defaults(service) | given
    place = {name: found[name] for name in _IDENTITY if found.get(name)}
    if "user" in place:
        place.setdefault("dbname", place["user"])
    return place


def _parse(conninfo: str, source: str) -> dict[str, str]:
    parsed: Mapping[str, object] | None
    try:
        parsed = conninfo_to_dict(conninfo)
    except (psycopg.Error, UnicodeError):
        parsed = None
    # Outside the handler: libpq's message repeats parts of the string, and would stay as the context.
    if parsed is None:
        unknown = _unknown_parameter(conninfo)
        what = f": unknown parameter {unknown}" if unknown else ""
        raise UsageError(f"malformed connection string ({source}){what}", hint=_EXAMPLE)
    keywords = {name: str(value) for name, value in parsed.items() if value is not None}
    if "@" in keywords.get("host", ""):
        # Half of the password would be shown as part of the host's name.
        raise UsageError(
            f"malformed connection string ({source}): more than one '@'",
            hint="write an '@' of the password as %40",
        )
    return keywords


def _unknown_parameter(conninfo: str) -> str | None:
    """Return the name of a URI's parameter that libpq does not know.

    None where there is none, or where it could be a part of a password.
    """
    if "://" not in conninfo or "@" in conninfo.partition("?")[2]:
        return None
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} | {"ssl"}
    names = [pair.partition("=")[0] for pair in conninfo.partition("?")[2].split("&")]
    return next((name for name in names if _PARAMETER.fullmatch(name) and name not in known), None)


def _check_ports(ports: str) -> None:
    """Refuse what is no port, unread: where a password has a '/', it is taken for the port of a URI."""
    for port in ports.split(","):
        if port and not (_DIGITS.fullmatch(port.strip()) and 1 <= int(port) <= _LAST_PORT):
            raise UsageError(
                f"the port is not a whole number from 1 to {_LAST_PORT}",
                hint="check -p, PGPORT and the URI, in which a '/' of the password is written %2F",
            )


def _overridden(keywords: dict[str, str], overrides: Mapping[str, str]) -> dict[str, str]:
    # The address and the list of ports of one host are not those of another.
    if "host" in overrides:
        keywords.pop("hostaddr", None)
        if "," in keywords.get("port", ""):
            del keywords["port"]
    return keywords | dict(overrides)


def libpq_defaults(service: str | None) -> dict[str, str]:
    """What libpq itself takes where it is told nothing: PG* variables, the service's file, built-in defaults.

    Args:
        service: which service to read; None for PGSERVICE's, if that is set.
    """
    before = os.environ.get("PGSERVICE")
    if service is not None:
        os.environ["PGSERVICE"] = service
    try:
        options = pq.Conninfo.get_defaults()
    except (psycopg.Error, MemoryError):
        return {}  # no such service: connecting says so
    finally:
        if before is not None:
            os.environ["PGSERVICE"] = before
        else:
            os.environ.pop("PGSERVICE", None)
    return {option.keyword.decode(): option.val.decode() for option in options if option.val}


def _service_address(service: str) -> dict[str, str]:
    """Where a service is, read by libpq itself.

    The driver resolves the host's name before libpq reads the service file, so that PGHOST would win over the
    service; in libpq the service wins.
    """
    values = libpq_defaults(service)
    return {name: values[name] for name in _ADDRESS if name in values}
