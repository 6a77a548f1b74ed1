"""Optional modules, each in a folder of `sql/modules`."""

from __future__ import annotations

from dbtrack import sql_files
from dbtrack.db import Database
from dbtrack.schema.script_steps import Step, file_step, fill_template, migration_text

MODULES = ("auth",)

# How many arguments each wrapper has, to find functions that a call could be confused with.
_WRAPPER_ARGUMENTS = {"login_user_tracking": 3, "register_user_tracking": 1}


def installed_modules(database: Database) -> tuple[str, ...]:
    """Return the modules that are installed, or whose data an uninstall kept."""
    names = [row[0] for row in database.rows(sql_files.query("installation/installed_modules"))]
    return tuple(module for module in MODULES if f"module.{module}" in names)


def module_steps(modules: tuple[str, ...]) -> list[Step]:
    """Return the install steps of these modules, which run after the core and before its triggers."""
    return _auth_steps() if "auth" in modules else []


def _auth_steps() -> list[Step]:
    routines = sql_files.sources("modules/auth/routines")
    return [
        file_step("modules/auth/prepare.sql"),
        file_step("install/act_as_owner.sql"),
        *(Step(f"routine {file.name}", file.text) for file in routines),
        Step("act as oneself", "RESET ROLE;\n"),
        file_step("modules/auth/choose_store.sql"),
        file_step("install/act_as_owner.sql"),
        *(_auth_migration(file) for file in sql_files.migrations("modules/auth/migrations")),
        *(_auth_wrapper(file) for file in sql_files.sources("modules/auth/wrappers")),
        file_step("modules/auth/grants.sql"),
        Step(
            "modules/auth/stamp.sql",
            fill_template("modules/auth/stamp.sql", routines=",".join(file.name for file in routines)),
        ),
        Step("act as oneself", "RESET ROLE;\n"),
        file_step("modules/auth/finish.sql"),
    ]


def _auth_migration(file: sql_files.SqlFile) -> Step:
    text = migration_text("modules/auth/apply_migration.sql", file, f"{file.number:04}")
    return Step(f"migration {file.name} of module auth", text)


def _auth_wrapper(file: sql_files.SqlFile) -> Step:
    text = fill_template(
        "modules/auth/apply_wrapper.sql",
        name=file.name,
        arguments=_WRAPPER_ARGUMENTS[file.name],
        text=file.text.rstrip(),
    )
    return Step(f"wrapper {file.name}", text)
