"""The steps of the install script, and the templates of their SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack import sql_files


@dataclass(frozen=True)
class Step:
    """One step of the script.

    Args:
        name: a short description.
        text: its SQL.
    """

    name: str
    text: str


def file_step(file_name: str) -> Step:
    """Return a step that runs a file of `sql/`."""
    return Step(file_name, sql_files.source(file_name).text)


def fill_template(file_name: str, **values: object) -> str:
    """Return a template with its @…@ replaced; values are dbtrack's own or checked by `InstallOptions`."""
    # One pass, so that no marker is replaced inside the text of a migration.
    return re.sub(r"@(\w+)@", lambda marker: str(values[marker[1]]), sql_files.source(file_name).text)


def migration_text(template: str, file: sql_files.SqlFile, number: object) -> str:
    """Return a migration in the template that applies it once."""
    return fill_template(
        template, number=number, name=file.name, checksum=file.checksum, text=file.text.rstrip()
    )
