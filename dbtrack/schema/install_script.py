"""The steps of an installation, which are run or printed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack import sql_files
from dbtrack.errors import UsageError
from dbtrack.schema.optional_modules import MODULES, module_steps
from dbtrack.schema.script_steps import Step, file_step, fill_template, migration_text
from dbtrack.version import __version__

_TABLE = re.compile(
    r"CREATE (?:UNLOGGED )?(?:TABLE|SEQUENCE) script_tracking\.(\w+)(?!\w|\s+PARTITION OF)"
    r"|DROP (?:TABLE|SEQUENCE) script_tracking\.(\w+)"
)
# Leaves room for the longest suffix, _operator, within PostgreSQL's 63 bytes.
_ROLE_PREFIX = re.compile(r"[a-z_][a-z0-9_]{0,53}")


@dataclass(frozen=True)
class InstallOptions:
    """Options of an installation.

    Args:
        adopt: rename a script_tracking schema that dbtrack did not create, and copy its executions.
        require_capture: fail if event triggers are not allowed, rather than install without them.
        role_prefix: the prefix of the roles: PREFIX_owner, _reader, _operator, _admin, _api, _auditor.
        lock_timeout_seconds: how long to wait for a lock before giving up.
        modules: optional modules to install; those already installed are upgraded anyway.
    """

    adopt: bool = False
    require_capture: bool = False
    role_prefix: str = "dbtrack"
    lock_timeout_seconds: int = 5
    modules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for module in self.modules:
            if module not in MODULES:
                raise UsageError(f"there is no module '{module}'", hint=f"one of: {', '.join(MODULES)}")
        if not _ROLE_PREFIX.fullmatch(self.role_prefix):
            raise UsageError(
                f"'{self.role_prefix}' cannot begin the name of a role",
                hint="1 to 54 lower-case letters, digits and underscores, no digit first",
            )


def install_steps(options: InstallOptions) -> list[Step]:
    """Return the steps of an installation's transaction, in order; each can be repeated."""
    return [
        Step("settings of the transaction", preamble(options)),
        file_step("install/lock.sql"),
        *([file_step("install/adopt_aside.sql")] if options.adopt else []),
        file_step("install/bootstrap.sql"),
        file_step("install/api_role.sql"),
        file_step("install/auditor_role.sql"),
        file_step("install/lock_record.sql"),
        file_step("install/drop_triggers.sql"),
        file_step("install/mart_schema.sql"),
        file_step("install/act_as_owner.sql"),
        *(
            Step(f"migration {file.name}", migration_text("install/apply_migration.sql", file, file.number))
            for file in sql_files.migrations()
        ),
        *(Step(f"routine {file.name}", file.text) for file in sql_files.sources("routines")),
        *(_view(file) for file in sql_files.sources("views")),
        file_step("install/drop_routines.sql"),
        file_step("install/comments.sql"),
        file_step("install/book_relations.sql"),
        file_step("install/row_security.sql"),
        file_step("install/grants.sql"),
        file_step("install/vault_grants.sql"),
        file_step("install/table_triggers.sql"),
        *(_mart(file) for file in sql_files.sources("mart")),
        Step("partitions", "SELECT script_tracking.ensure_partitions();\n"),
        file_step("install/stamp.sql"),
        file_step("install/mart_grants.sql"),
        Step("act as oneself", "RESET ROLE;\n"),
        *([file_step("install/adopt_copy.sql")] if options.adopt else []),
        *module_steps(options.modules),
        *(Step(f"trigger {file.name}", file.text) for file in sql_files.sources("triggers")),
    ]


def install_script(options: InstallOptions | None = None) -> str:
    """Return the whole script for psql: one transaction, which can be repeated."""
    steps = install_steps(options or InstallOptions())
    head = f"-- dbtrack {__version__}: install or upgrade. Run: psql -X -v ON_ERROR_STOP=1 -f FILE\nBEGIN;\n"
    return head + "".join(f"\n-- {step.name}\n{step.text.rstrip()}\n" for step in steps) + "\nCOMMIT;\n"


def preamble(options: InstallOptions) -> str:
    """Return the settings of the transaction, among them the names of all objects of this version."""
    return fill_template(
        "install/preamble.sql",
        lock_timeout_seconds=options.lock_timeout_seconds,
        role_prefix=options.role_prefix,
        version=__version__,
        newest_migration=max(file.number or 0 for file in sql_files.migrations()),
        routines=",".join(file.name for file in sql_files.sources("routines")),
        tables=",".join(table_names()),
        views=",".join(file.name for file in sql_files.sources("views")),
        mart_views=",".join(file.name for file in sql_files.sources("mart")),
    )


def table_names() -> list[str]:
    """Return the tables and sequences that the bootstrap and the migrations create, without partitions."""
    names: dict[str, None] = {}
    for text in (
        sql_files.source("install/bootstrap.sql").text,
        *(file.text for file in sql_files.migrations()),
    ):
        for created, dropped in _TABLE.findall(text):
            if created:
                names[created] = None
            else:
                names.pop(dropped, None)
    return list(names)


def _view(file: sql_files.SqlFile) -> Step:
    return Step(
        f"view {file.name}", fill_template("install/apply_view.sql", name=file.name, text=file.text.rstrip())
    )


def _mart(file: sql_files.SqlFile) -> Step:
    return Step(
        f"mart {file.name}", fill_template("install/apply_mart.sql", name=file.name, text=file.text.rstrip())
    )
