"""Turn a connection target into libpq's keywords."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace

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
_ANY = "any"


def libpq_keywords(target: ConnectionTarget) -> dict[str, str]:
    """Return the libpq keywords of a target, after starting its embedded server, if any.

    Raises:
        UsageError: the conninfo is malformed; the message never contains a part of it.
        DbtrackError: the embedded server is unavailable.
    """
    if target.error is not None:
        raise target.error
    if target.embedded_path is not None:
        # An address in PGHOSTADDR would override the socket.
        _check_ports(target.overrides.get("port", ""))
        base = embedded.start(target.embedded_path) | {"hostaddr": ""}
        return base | dict(target.overrides)
    parsed = _parse(target.conninfo, target.source)
    keywords = _overridden(dict(target.defaults) | parsed, target.overrides)
    _check_ports(keywords.get("port") or os.environ.get("PGPORT", ""))
    service = keywords.get("service") or os.environ.get("PGSERVICE")
    return _service_address(service) | keywords if service else keywords


def seeks_any_host(keywords: Mapping[str, str]) -> bool:
    """Return whether several hosts are named, and nothing says which of them is meant.

    Args:
        keywords: as `libpq_keywords` returns them.
    """
    if "target_session_attrs" in keywords:
        return False
    named = libpq_defaults(keywords.get("service")) | dict(keywords)
    has_several = any("," in named.get(name, "") for name in ("host", "hostaddr"))
    # libpq's own default, which nobody asked for.
    return has_several and named.get("target_session_attrs", _ANY) == _ANY


def describe_place(target: ConnectionTarget) -> dict[str, str]:
    """Return the libpq keywords that identify a target's database and login, without a password.

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


def fixed_target(target: ConnectionTarget, changes: Mapping[str, str]) -> ConnectionTarget:
    """Return a target that says everything itself, so that threads can connect to such targets at once.

    Reading a service file needs a variable of the whole process.

    Args:
        target: where to connect; its embedded server is started.
        changes: libpq keywords that win over the target's.

    Raises:
        UsageError: the conninfo is malformed.
        DbtrackError: the embedded server is unavailable.
    """
    keywords = _overridden(libpq_keywords(target), changes)
    service = keywords.get("service") or os.environ.get("PGSERVICE")
    if service and (found := libpq_defaults(service)):
        given = {name: value for name, value in keywords.items() if name != "service"}
        keywords = found | given
    if keywords.get("host"):
        # An address in PGHOSTADDR would lead all members to one server.
        keywords.setdefault("hostaddr", "")
    return replace(target, conninfo="", overrides=keywords, defaults={}, embedded_path=None)


def server_of(target: ConnectionTarget) -> str:
    """Return the server of a target that `fixed_target` made, in words: `db1:5432`."""
    found = libpq_defaults(None) | {name: value for name, value in target.overrides.items() if value}
    host = found.get("host") or found.get("hostaddr") or "local"
    hosts, ports = host.split(","), found.get("port", "5432").split(",")
    paired = zip(hosts, ports * len(hosts) if len(ports) == 1 else ports, strict=False)
    return ",".join(f"{name}:{port}" for name, port in paired)


def _parse(conninfo: str, source: str) -> dict[str, str]:
    parsed: Mapping[str, object] | None
    try:
        parsed = conninfo_to_dict(conninfo)
    except (psycopg.Error, UnicodeError):
        parsed = None
    # Raised outside the handler: libpq's message contains parts of the string, and would be the error's
    # context.
    if parsed is None:
        unknown = _unknown_parameter(conninfo)
        what = f": unknown parameter {unknown}" if unknown else ""
        raise UsageError(f"malformed connection string ({source}){what}", hint=_EXAMPLE)
    keywords = {name: str(value) for name, value in parsed.items() if value is not None}
    if "@" in keywords.get("host", ""):
        # A part of the password would be shown as part of the host name.
        raise UsageError(
            f"malformed connection string ({source}): more than one '@'",
            hint="write an '@' of the password as %40",
        )
    return keywords


def _unknown_parameter(conninfo: str) -> str | None:
    """Return the name of a URI parameter that libpq does not know.

    Returns None if there is none, or if it could be a part of a password.
    """
    if "://" not in conninfo or "@" in conninfo.partition("?")[2]:
        return None
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} | {"ssl"}
    names = [pair.partition("=")[0] for pair in conninfo.partition("?")[2].split("&")]
    return next((name for name in names if _PARAMETER.fullmatch(name) and name not in known), None)


def _check_ports(ports: str) -> None:
    """Refuse an invalid port without showing it: it may be a part of a URI's password with a '/'."""
    for port in ports.split(","):
        if port and not (_DIGITS.fullmatch(port.strip()) and 1 <= int(port) <= _LAST_PORT):
            raise UsageError(
                f"the port is not a whole number from 1 to {_LAST_PORT}",
                hint="check -p, PGPORT and the URI, in which a '/' of the password is written %2F",
            )


def _overridden(keywords: dict[str, str], overrides: Mapping[str, str]) -> dict[str, str]:
    # Address and ports belong to the host that is overridden.
    if "host" in overrides:
        keywords.pop("hostaddr", None)
        if "," in keywords.get("port", ""):
            del keywords["port"]
    return keywords | dict(overrides)


def libpq_defaults(service: str | None) -> dict[str, str]:
    """Return libpq's own defaults: PG* variables, the service file, built-in defaults.

    Args:
        service: which service to read; None for PGSERVICE, if set.
    """
    before = os.environ.get("PGSERVICE")
    if service is not None:
        os.environ["PGSERVICE"] = service
    try:
        options = pq.Conninfo.get_defaults()
    except (psycopg.Error, MemoryError):
        return {}  # there is no such service: connecting will report it
    finally:
        if before is not None:
            os.environ["PGSERVICE"] = before
        else:
            os.environ.pop("PGSERVICE", None)
    return {option.keyword.decode(): option.val.decode() for option in options if option.val}


def _service_address(service: str) -> dict[str, str]:
    """Return the address of a service, as libpq reads it.

    The driver resolves the host name before libpq reads the service file, so that PGHOST would override the
    service; in libpq the service has priority.
    """
    values = libpq_defaults(service)
    return {name: values[name] for name in _ADDRESS if name in values}


def libpq_environment(target: ConnectionTarget) -> dict[str, str]:
    """Return the environment in which a program of PostgreSQL's connects as a target says.

    A password is in it: nobody else can read a process's environment, as opposed to its arguments. What the
    target leaves to libpq is left to the PG* variables of this process.

    Raises:
        UsageError: the conninfo is malformed.
        DbtrackError: the embedded server is unavailable.
    """
    options = pq.Conninfo.get_defaults()
    variables = {option.keyword.decode(): option.envvar.decode() for option in options if option.envvar}
    environment = dict(os.environ)
    for name, value in libpq_keywords(target).items():
        if name in variables:
            environment[variables[name]] = value
    # An empty one is the wish that none applies.
    return {name: value for name, value in environment.items() if value or not name.startswith("PG")}
