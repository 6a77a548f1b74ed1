"""``dbtrack tenant key``: create, rotate, list, drop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from dbtrack import files
from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.errors import DbtrackError

ABOUT = """Manage the keys with which services prove their tenant.

A service that acts for many tenants over one login proves each transaction's tenant with its key.
"""
EXAMPLES = (
    Example(
        "dbtrack tenant key create billing --key-file billing.key",
        "Create a key in a file that only its owner can read.",
    ),
    Example(
        "dbtrack tenant key rotate billing --overlap-hours 1", "The earlier version stays valid for an hour."
    ),
)

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The key's name: lower-case letters, digits, underscores, hyphens."),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        metavar="FILE",
        help="Write the key to this new file, which only its owner can read. Default: print it once.",
    ),
]


def create(
    connection: ConnectionArguments,
    name: Name,
    tenant: Annotated[
        list[str] | None,
        typer.Option(
            "--tenant",
            metavar="TENANT",
            help="A tenant that the key may prove; may be repeated. Default: all tenants.",
        ),
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """Create a key; it is shown only once."""
    from dbtrack.tenants import tenant_keys

    with connected(connection) as database, _key_writer(key_file) as write:
        write(tenant_keys.create_key(database, name, tenant or ()))


def rotate(
    connection: ConnectionArguments,
    name: Name,
    overlap_hours: Annotated[
        int,
        typer.Option(
            "--overlap-hours",
            metavar="HOURS",
            min=0,
            max=8760,
            help="How long the earlier versions stay valid; 0 ends them now.",
        ),
    ] = 24,
    key_file: KeyFile = None,
) -> None:
    """Create the next version of a key, for the same tenants."""
    from dbtrack.tenants import tenant_keys

    with connected(connection) as database, _key_writer(key_file) as write:
        write(tenant_keys.rotate_key(database, name, overlap_hours=overlap_hours))


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the keys, without their secrets."""
    from dbtrack.tenants import tenant_keys

    with destination(output) as stream, connected(connection) as database:
        emit(
            tenant_keys.KEY_COLUMNS,
            tenant_keys.list_keys(database),
            stream,
            output,
            title="Keys",
            report="tenant key list",
            database=database,
        )


def drop(connection: ConnectionArguments, name: Name) -> None:
    """Invalidate all versions of a key at once."""
    from dbtrack.tenants import tenant_keys

    with connected(connection) as database:
        tenant_keys.drop_key(database, name)


@contextmanager
def _key_writer(path: Path | None) -> Iterator[Callable[[str], object]]:
    """Yield a function that writes the key; the file is created first, so that no key is lost."""
    if path is None:
        yield lambda key: sys.stdout.write(f"{key}\n")
        return
    try:
        with files.ReservedFile(path) as file:
            yield lambda key: file.fill(f"{key}\n".encode())
    except OSError as error:
        raise DbtrackError(f"cannot write {path}: {error.strerror or error}") from error


_MEMBERS = {
    "create": CommandDefinition(create, EXAMPLES[:1]),
    "rotate": CommandDefinition(rotate, EXAMPLES[1:]),
    "list": CommandDefinition(
        list_all, (Example("dbtrack tenant key list", "List the keys and when they end."),)
    ),
    "drop": CommandDefinition(
        drop, (Example("dbtrack tenant key drop billing", "Invalidate a compromised key."),)
    ),
}
COMMANDS = {"key": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
"""The members that this module adds to ``dbtrack tenant``."""
