"""Run the migration's own command so that it connects to the copy, and to nothing that it was told of."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from urllib.parse import quote, urlencode, urlsplit

from dbtrack import embedded
from dbtrack.errors import DbtrackError, ExitCode, UsageError

# A variable with such a value leads to a database: mostly to the real one. Beside libpq's own, these are the
# schemes of Django and dj-database-url (postgis, psql, pgsql, timescale), of Elixir (ecto), and of Go (pgx).
_URL = re.compile(
    r"(?:postgres|postgresql|postgis|psql|pgsql|pgx\d?|ecto|timescale|timescalegis)(?:\+\w+)?://",
    re.IGNORECASE,
)
_JDBC = re.compile(r"jdbc:postgresql:", re.IGNORECASE)
_CONNINFO = re.compile(r"(?:^|\s)(?:host|hostaddr|dbname|service)\s*=", re.IGNORECASE)
_REMOVED = frozenset({"DBTRACK_DSN", "DBTRACK_ENV"})
# With these, --post writes; the migration has no use for them.
_TOKENS = frozenset({"GITHUB_TOKEN", "GH_TOKEN", "DBTRACK_GITLAB_TOKEN", "GITLAB_TOKEN"})
_WAIT_SECONDS = 10.0
_STDERR = 2
_LOOPBACK = "127.0.0.1"
_NOWHERE = "/nonexistent/dbtrack"
# Where builds of libpq look for services of all users.
_SERVICE_FOLDERS = (
    "/etc/postgresql-common",
    "/etc/sysconfig/pgsql",
    "/etc",
    "/usr/local/etc",
    "/usr/local/pgsql/etc",
)


@dataclass(frozen=True)
class Place:
    """The database of the copy, as a client connects to it.

    Args:
        host: the directory of the socket, which asks for no password.
        avoided: what of the real connection no variable of the command may contain.
    """

    host: str
    port: str
    user: str
    database: str
    password: str = field(repr=False)
    avoided: tuple[str, ...] = field(default=(), repr=False)

    def url(self, scheme: str = "postgresql") -> str:
        """Return it as a URL, over TCP: not every driver knows Unix sockets."""
        login, word = quote(self.user, safe=""), quote(self.password, safe="")
        return f"{scheme}://{login}:{word}@{_LOOPBACK}:{self.port}/{quote(self.database, safe='')}"

    def jdbc(self) -> str:
        """Return it as a URL of JDBC."""
        login = urlencode({"user": self.user, "password": self.password, "sslmode": "disable"})
        return f"jdbc:postgresql://{_LOOPBACK}:{self.port}/{quote(self.database, safe='')}?{login}"


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Args:
        exit_code: as a shell has it.
        replaced: the variables that led to other databases, and now lead to the copy.
        removed: the variables that were taken away: there is no form of them for the copy.
    """

    exit_code: int
    seconds: float
    replaced: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def environment_for(
    place: Place, inherited: Mapping[str, str], variables: Sequence[str] = ()
) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    """Return the environment of the command, and which variables were replaced and removed.

    Args:
        variables: further variables that get the URL of the copy.
    """
    found = {name: value for name, value in inherited.items() if not _is_left_out(name)}
    replaced, removed = [], []
    for name, value in sorted(found.items()):
        if _URL.match(value):
            found[name] = place.url(urlsplit(value).scheme)
            replaced.append(name)
        elif _JDBC.match(value):
            found[name] = place.jdbc()
            replaced.append(name)
        elif _leads_elsewhere(name, value) or any(_has(value, each) for each in place.avoided):
            del found[name]
            removed.append(name)
    found |= {
        "PGHOST": place.host,
        "PGPORT": place.port,
        "PGUSER": place.user,
        "PGDATABASE": place.database,
        # No password of the real database may be found.
        "PGPASSFILE": _NOWHERE,
        "PGSSLMODE": "disable",
        "DATABASE_URL": place.url(),
        "FLYWAY_URL": place.jdbc(),
        "FLYWAY_USER": place.user,
        "FLYWAY_PASSWORD": place.password,
        "LIQUIBASE_COMMAND_URL": place.jdbc(),
        "LIQUIBASE_COMMAND_USERNAME": place.user,
        "LIQUIBASE_COMMAND_PASSWORD": place.password,
    }
    if _has_services(inherited):
        found["PGSERVICEFILE"] = _NOWHERE
    found |= dict.fromkeys(variables, place.url())
    # psql and its like, where the machine has none.
    found["PATH"] = os.pathsep.join([found.get("PATH", os.defpath), str(embedded.client_programs())])
    return found, tuple(replaced), tuple(removed)


def _has_services(inherited: Mapping[str, str]) -> bool:
    """Return whether there are services to hide: lib/pq of Go stops at a variable that it does not know."""
    files = [Path(folder) / "pg_service.conf" for folder in _SERVICE_FOLDERS]
    if inherited.get("HOME"):
        files.append(Path(inherited["HOME"]) / ".pg_service.conf")
    return "PGSERVICEFILE" in inherited or "PGSYSCONFDIR" in inherited or any(file.exists() for file in files)


def _has(value: str, avoided: str) -> bool:
    # A socket's directory may be a part of other paths.
    return value.rstrip("/") == avoided if avoided[0] == "/" else avoided in value


def _is_left_out(name: str) -> bool:
    return name in _TOKENS or (name.startswith("PG") and name != "PGTZ")


def check_command(command: Sequence[str], inherited: Mapping[str, str]) -> None:
    """Refuse a command that is not there or names a database itself, before anything is done for it.

    Raises:
        UsageError: a word of it is the address of a database, where it would run instead of on the copy.
        CommandNotStartedError: there is no such program, also not among those of the embedded server.
    """
    paths = os.pathsep.join([inherited.get("PATH", os.defpath), str(embedded.client_programs())])
    if shutil.which(command[0], path=paths) is None and not Path(command[0]).exists():
        raise CommandNotStartedError(command[0], FileNotFoundError())
    if any(_URL.search(word) or _JDBC.search(word) or _is_conninfo(word) for word in command):
        raise UsageError(
            "the command names a database itself, and would not run on the copy; nothing was run",
            hint="leave the address out: PGHOST and so on, DATABASE_URL and --url-variable lead to the copy",
        )


def _leads_elsewhere(name: str, value: str) -> bool:
    return name in _REMOVED or _is_conninfo(value)


def _is_conninfo(text: str) -> bool:
    return bool(_CONNINFO.search(text)) and "=" in text and "dbname" in text.lower()


def run_command(
    command: Sequence[str], place: Place, inherited: Mapping[str, str], variables: Sequence[str] = ()
) -> Ended:
    """Run a command to its end. What it writes goes to standard error: standard output is the report's.

    Ctrl-C reaches it as well; it gets ten seconds to end.

    Raises:
        DbtrackError: it cannot be started.
    """
    environment, replaced, removed = environment_for(place, inherited, variables)
    started = monotonic()
    try:
        # Found by the PATH that it gets, which may be the only one that leads to psql.
        program = shutil.which(command[0], path=environment["PATH"]) or command[0]
        process = subprocess.Popen(
            command, executable=program, env=environment, stdin=subprocess.DEVNULL, stdout=_STDERR
        )
    except OSError as error:
        raise CommandNotStartedError(command[0], error) from error
    with _ended_with_us(process):
        code = process.wait()
    return Ended(code if code >= 0 else ExitCode.SIGNALLED - code, monotonic() - started, replaced, removed)


@contextmanager
def _ended_with_us(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_WAIT_SECONDS)
        process.kill()
        process.wait()
        raise


class CommandNotStartedError(DbtrackError):
    """The command does not exist or cannot be executed."""

    def __init__(self, program: str, error: OSError) -> None:
        is_missing = isinstance(error, FileNotFoundError)
        super().__init__(
            f"{program}: {'command not found' if is_missing else error.strerror}",
            hint="nothing was run",
        )
        self.exit_code = ExitCode.NOT_FOUND if is_missing else ExitCode.NOT_EXECUTABLE


def psql_command(files: Sequence[str], *, single_transaction: bool) -> list[str]:
    """Return the command line by which psql runs files in their order, up to the first error."""
    words = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    words += ["-1"] if single_transaction else []
    return words + [word for file in files for word in ("-f", file)]
