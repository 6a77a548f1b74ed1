"""The parts of the install script, and how a template of one is filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbtrack import sql_files


@dataclass(frozen=True)
class Step:
    """A part of the script.

    Args:
        name: what it does, in a few words.
        text: its SQL.
    """

    name: str
    text: str


def file_step(file_name: str) -> Step:
    """A file of `sql/` as it stands."""
    return Step(file_name, sql_files.source(file_name).text)


def fill_template(file_name: str, **values: object) -> str:
    """The template with its @…@ filled in; every value is dbtrack's own or checked by `InstallOptions`."""
    # One pass, so that what stands in a migration's text is never taken for a marker.
    return re.sub(r"@(\w+)@", lambda marker: str(values[marker[1]]), sql_files.source(file_name).text)


def migration_text(template: str, file: sql_files.SqlFile, number: object) -> str:
    """A migration in the template that runs it once."""
    return fill_template(
        template, number=number, name=file.name, checksum=file.checksum, text=file.text.rstrip()
    )
