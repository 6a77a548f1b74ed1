"""The values that TAB offers: environments, tenants, settings, keys, names, objects.

Run by the shell at each TAB as ``dbtrack __values KIND BEGINNING WORDS…``, so it imports little, never asks
anything, and prints nothing rather than an error. What comes from the database is kept in the user's cache
directory; a process of its own fetches it, and TAB waits for that a moment only.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs

from dbtrack.config import ConnectionOptions, ConnectionTarget, resolve_target

COMMAND = "__values"
_WAIT_SECONDS = 0.3
_FETCH_SECONDS = 5
_FRESH_SECONDS = 10
_USABLE_SECONDS = 86400
_POLL_SECONDS = 0.01
_MOST = 500
_STATEMENT_TIMEOUT = "SET statement_timeout = 4000"
# A caller may have types of its own.
_TYPES = ("AUTHENTICATION", "BACKUP", "DDL_AUTO", "MAINTENANCE", "MANUAL", "MIGRATION", "REPORTING")
_FROM_DATABASE = frozenset(
    {"alert", "endpoint", "key", "object", "open_key", "operation", "role", "schema", "setting", "tenant"}
)
# The options that choose the database, by what they choose.
_OPTIONS = {
    "-d": "dbname", "--dbname": "dbname", "-h": "host", "--host": "host", "-p": "port", "--port": "port",
    "-U": "user", "--username": "user", "--env": "environment",
}  # fmt: skip
Value = tuple[str, str]


def print_values(words: Sequence[str]) -> None:
    """Print the values of a kind that begin as the word, one a line, each with a tab and what it is.

    Args:
        words: the kind, the beginning of the word, and the words of the command line before it.
    """
    # Whatever goes wrong, a shell that completes a word must not show it.
    with suppress(Exception):
        kind, beginning, *line = words
        found = _found(kind, line)
        sys.stdout.write("".join(_lines(found, beginning.lstrip("'\""))))


def _found(kind: str, line: Sequence[str]) -> list[Value]:
    if kind == "type":
        return [(name, "") for name in _TYPES]
    if kind == "member":
        return _members(line)
    return _environments() if kind == "environment" else _from_database(kind, line)


def _lines(found: Iterable[Value], beginning: str) -> list[str]:
    # A name can have any characters; one with a line feed or a tab cannot be offered.
    matching = (each for each in found if each[0].startswith(beginning) and each[0].isprintable())
    return [f"{name}\t{' '.join(meaning.split())}\n" for name, meaning in matching][:_MOST]


def _environments() -> list[Value]:
    from dbtrack.config.configuration_file import read_configuration

    return [(name, "") for name in sorted(read_configuration(os.environ).environments)]


def _members(line: Sequence[str]) -> list[Value]:
    """Return the entries of the fleet, and the members that a command last found in them."""
    from dbtrack.fleet.completion import known_members

    words = [*line, ""]
    given = next((words[place + 1] for place, word in enumerate(words[:-1]) if word == "--fleet"), None)
    return known_members(Path(given) if given else None, os.environ)


def _from_database(kind: str, line: Sequence[str]) -> list[Value]:
    if kind not in _FROM_DATABASE:
        return []
    target = resolve_target(_options(line), os.environ)
    if target.source == "libpq defaults" or target.embedded_path is not None:
        return []  # nothing names a database; or TAB would start a server
    cached = _cache_path(kind, target, os.environ)
    if _age(cached) > _FRESH_SECONDS:
        _fetch_in_background(kind, target, cached)
    return [(str(name), str(meaning)) for name, meaning in json.loads(cached.read_text(encoding="utf-8"))]


def _options(line: Sequence[str]) -> ConnectionOptions:
    """Return the connection options among the words of a command line."""
    given: dict[str, str] = {}
    words = iter(line)
    for word in words:
        name, separator, value = word.partition("=")
        if name not in _OPTIONS:
            continue
        following = value if separator else next(words, "")
        # bash has --env=prod as three words.
        given[_OPTIONS[name]] = next(words, "") if following == "=" else following
    chosen = {key: value for key, value in given.items() if value}
    return ConnectionOptions(
        dbname=chosen.get("dbname"),
        host=chosen.get("host"),
        port=chosen.get("port"),
        user=chosen.get("user"),
        no_password=True,
        environment=chosen.get("environment"),
    )


def cache_directory() -> Path:
    """Return where the values are kept for a while; it may not exist."""
    return platformdirs.user_cache_path("dbtrack") / "completion"


def _cache_path(kind: str, target: ConnectionTarget, environ: Mapping[str, str]) -> Path:
    directory = cache_directory()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    chosen = {name: value for name, value in environ.items() if name.startswith("PG")}
    place = json.dumps(
        [target.conninfo, dict(target.overrides), dict(target.defaults), chosen], sort_keys=True
    )
    # The place may have a password, so a plain hash of it would be something to guess it by.
    digest = hashlib.blake2b(place.encode(), key=_secret(directory), digest_size=16).hexdigest()
    return directory / f"{digest}.{kind}.json"


def _secret(directory: Path) -> bytes:
    path = directory / "secret"
    with (
        suppress(FileExistsError),
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new,
    ):
        new.write(secrets.token_bytes(32))
    return path.read_bytes()


def _age(path: Path) -> float:
    """Return how old a file is, in seconds; infinity if there is none that may be used."""
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
    if age > _USABLE_SECONDS:
        path.unlink(missing_ok=True)
        return float("inf")
    return age


def _fetch_in_background(kind: str, target: ConnectionTarget, cached: Path) -> None:
    """Have another process fetch the values, and wait until it has, but not for long."""
    before = cached.stat().st_mtime_ns if cached.exists() else None
    process = os.fork()
    if process == 0:
        _fetch_and_exit(kind, target, cached)
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        if os.waitpid(process, os.WNOHANG) != (0, 0):
            return
        if cached.exists() and cached.stat().st_mtime_ns != before:
            return
        time.sleep(_POLL_SECONDS)


def _fetch_and_exit(kind: str, target: ConnectionTarget, cached: Path) -> None:
    # The shell waits until nobody has its pipe open any more.
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_FETCH_SECONDS)
        _fetch(kind, target, cached)
    finally:
        os._exit(0)


def _fetch(kind: str, target: ConnectionTarget, cached: Path) -> None:
    from dbtrack import files, sql_files
    from dbtrack.db import Database

    with Database.connect(target, application_name="dbtrack completion") as database:
        database.execute(_STATEMENT_TIMEOUT)
        rows = database.rows(sql_files.query(f"completion/{kind}"))
    content = json.dumps([[str(name), str(meaning)] for name, meaning in rows])
    with files.replacing(cached, mode=0o600) as stream:
        stream.write(content.encode())
