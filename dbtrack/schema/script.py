"""The install script: the same steps whether they are run or printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack import sqlfiles
from dbtrack.errors import UsageError
from dbtrack.version import __version__

# Room for the longest suffix, _operator, within PostgreSQL's 63 bytes.
_ROLE_PREFIX = re.compile(r"[a-z_][a-z0-9_]{0,53}")


@dataclass(frozen=True)
class InstallOptions:
    """How to install.

    Args:
        adopt: move a script_tracking schema of other make aside and carry its executions over.
        require_capture: fail where event triggers are not allowed, rather than install all the rest.
        role_prefix: what the names of the roles begin with: PREFIX_owner, _reader, _operator, _admin.
        lock_timeout_seconds: how long to wait for a lock before giving up.
    """

    adopt: bool = False
    require_capture: bool = False
    role_prefix: str = "dbtrack"
    lock_timeout_seconds: int = 5

    def __post_init__(self) -> None:
        if not _ROLE_PREFIX.fullmatch(self.role_prefix):
            raise UsageError(
                f"'{self.role_prefix}' cannot begin the name of a role",
                hint="1 to 54 lower-case letters, digits and underscores, no digit first",
            )


@dataclass(frozen=True)
class Step:
    """A part of the script.

    Args:
        name: what it does, in a few words.
        text: its SQL.
    """

    name: str
    text: str


def install_steps(options: InstallOptions) -> list[Step]:
    """Everything an install runs inside its transaction, in order; done already, a step does nothing."""
    return [
        Step("settings of the transaction", _preamble(options)),
        *([_file_step("adopt_aside.sql")] if options.adopt else []),
        _file_step("bootstrap.sql"),
        _file_step("drop_triggers.sql"),
        _file_step("act_as_owner.sql"),
        *(Step(f"migration {file.name}", _migration(file)) for file in sqlfiles.migrations()),
        _file_step("drop_views.sql"),
        *(Step(f"routine {file.name}", file.text) for file in sqlfiles.sources("routines")),
        _file_step("drop_routines.sql"),
        *(Step(f"view {file.name}", file.text) for file in sqlfiles.sources("views")),
        _file_step("row_security.sql"),
        _file_step("grants.sql"),
        Step("partitions", "SELECT script_tracking.ensure_partitions();\n"),
        _file_step("stamp.sql"),
        Step("act as oneself", "RESET ROLE;\n"),
        *([_file_step("adopt_copy.sql")] if options.adopt else []),
        *(Step(f"trigger {file.name}", file.text) for file in sqlfiles.sources("triggers")),
    ]


def install_script(options: InstallOptions | None = None) -> str:
    """The whole script, for psql: one transaction, safe to run again. Connects to nothing."""
    steps = install_steps(options or InstallOptions())
    head = f"-- dbtrack {__version__}: install or upgrade. Run: psql -X -v ON_ERROR_STOP=1 -f FILE\nBEGIN;\n"
    return head + "".join(f"\n-- {step.name}\n{step.text.rstrip()}\n" for step in steps) + "\nCOMMIT;\n"


def _file_step(file_name: str) -> Step:
    return Step(file_name, sqlfiles.source(file_name).text)


def _preamble(options: InstallOptions) -> str:
    return _filled(
        "preamble.sql",
        lock_timeout_seconds=options.lock_timeout_seconds,
        role_prefix=options.role_prefix,
        version=__version__,
        routines=",".join(file.name for file in sqlfiles.sources("routines")),
    )


def _migration(file: sqlfiles.SqlFile) -> str:
    return _filled(
        "apply_migration.sql",
        number=file.number,
        name=file.name,
        checksum=file.checksum,
        text=file.text.rstrip(),
    )


def _filled(file_name: str, **values: object) -> str:
    """The template with its @…@ filled in; every value is dbtrack's own or checked by `InstallOptions`."""
    # One pass, so that what stands in a migration's text is never taken for a marker.
    return re.sub(r"@(\w+)@", lambda marker: str(values[marker[1]]), sqlfiles.source(file_name).text)
