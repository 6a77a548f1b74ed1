"""``dbtrack tenant key``: create, rotate, list, drop."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Self

import typer

from dbtrack.cli.framework import Example, PlainGroup, command, group
from dbtrack.cli.options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.session import connected
from dbtrack.errors import DbtrackError

ABOUT = """Look after the keys with which services prove their tenant.

A service that acts for many tenants over one login proves each transaction's tenant with its key.
"""
EXAMPLES = (
    Example("dbtrack tenant key create billing --key-file billing.key", "Only its owner can read the file."),
    Example("dbtrack tenant key rotate billing --overlap-hours 1", "The earlier key ends in an hour."),
)

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The key's name: small letters, digits, underscores, hyphens."),
]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        metavar="FILE",
        help="Write the key to this new file, readable by its owner alone. Default: print it, once.",
    ),
]


def create(
    connection: ConnectionArguments,
    name: Name,
    tenant: Annotated[
        list[str] | None,
        typer.Option("--tenant", metavar="TENANT", help="May prove this tenant; repeat it. Default: all."),
    ] = None,
    key_file: KeyFile = None,
) -> None:
    """Make a key; it is shown once and never again."""
    from dbtrack.schema import tenant_keys

    with connected(connection) as database, _Receiver(key_file) as receiver:
        receiver.take(tenant_keys.create_key(database, name, tenant or ()))


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
            help="How long the earlier key still proves; 0 ends it now.",
        ),
    ] = 24,
    key_file: KeyFile = None,
) -> None:
    """Make the next version of a key, for the same tenants."""
    from dbtrack.schema import tenant_keys

    with connected(connection) as database, _Receiver(key_file) as receiver:
        receiver.take(tenant_keys.rotate_key(database, name, overlap_hours=overlap_hours))


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the keys, never their secrets."""
    from dbtrack.schema import tenant_keys

    with destination(output.output) as stream, connected(connection) as database:
        emit(tenant_keys.KEY_COLUMNS, tenant_keys.list_keys(database), stream, output, title="Keys")


def drop(connection: ConnectionArguments, name: Name) -> None:
    """End a key, all its versions, at once."""
    from dbtrack.schema import tenant_keys

    with connected(connection) as database:
        tenant_keys.drop_key(database, name)


class _Receiver:
    """Where a key goes. The file is made before the key is, so that no key is made that nobody receives."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._is_taken = False

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except OSError as error:
                raise DbtrackError(f"cannot write {self._path}: {error.strerror or error}") from error
        return self

    def take(self, key: str) -> None:
        """Write the key."""
        if self._descriptor is None:
            sys.stdout.write(f"{key}\n")
        else:
            os.write(self._descriptor, f"{key}\n".encode())
        self._is_taken = True

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None and self._path is not None:
            os.close(self._descriptor)
            if not self._is_taken:
                self._path.unlink(missing_ok=True)


def build(name: str) -> PlainGroup:
    """Return the group of commands."""
    members = [
        command("create", create, examples=EXAMPLES[:1]),
        command("rotate", rotate, examples=EXAMPLES[1:]),
        command("list", list_all, examples=(Example("dbtrack tenant key list", "Names and ends."),)),
        command("drop", drop, examples=(Example("dbtrack tenant key drop billing", "It is compromised."),)),
    ]
    return group(name, ABOUT, members, EXAMPLES)
