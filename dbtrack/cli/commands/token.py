"""``dbtrack token``: create, list, revoke."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dbtrack.cli.connection import connected
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition, choice

ABOUT = """Manage the tokens with which programs call 'dbtrack serve'.

A token is shown once. The database stores only a hash of its secret.
"""
EXAMPLES = (
    Example(
        "dbtrack token create ci --scope write --tenant acme > ci.token",
        "A token that records and reads for one tenant. Run umask 077 first: others could read the file.",
    ),
    Example(
        "dbtrack token create grafana --scope read --expires 1y", "A token that reads everything, for a year."
    ),
    Example("dbtrack token list", "List the tokens, and when they expire."),
    Example("dbtrack token revoke ci", "Refuse the token from now on."),
)
_SCOPES = ("read", "write", "admin")

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="The token's name: lower-case letters, digits, underscores, hyphens."
    ),
]


def create(
    connection: ConnectionArguments,
    name: Name,
    scope: Annotated[
        str,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            click_type=choice(_SCOPES),
            help="read: reports. write: also start and complete operations. admin: also the reports that "
            "only administrators may run.",
        ),
    ],
    tenant: Annotated[
        list[str] | None,
        typer.Option(
            "--tenant",
            metavar="TENANT",
            help="A tenant that the token reaches; may be repeated. Default: all tenants and the platform.",
        ),
    ] = None,
    expires: Annotated[
        str,
        typer.Option(
            "--expires", metavar="PERIOD", help="How long it is valid: 30m, 12h, 90d, 4w, 1y or never."
        ),
    ] = "90d",
    rate: Annotated[
        str | None,
        typer.Option(
            "--rate",
            metavar="RATE",
            help="How many requests it may send: 600/min, 10/s or 3000/h. Default: the server's --rate.",
        ),
    ] = None,
) -> None:
    """Create a token, and print it once, alone, on standard output."""
    from dbtrack.tenants import api_tokens

    valid_seconds = api_tokens.parse_period(expires)
    requests_per_minute = None if rate is None else api_tokens.parse_rate(rate)
    with connected(connection) as database:
        token = api_tokens.create_token(
            database,
            name,
            scope=scope,
            tenants=tenant or (),
            valid_seconds=valid_seconds,
            requests_per_minute=requests_per_minute,
        )
        sys.stdout.write(f"{token}\n")


def list_all(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the tokens, without their secrets."""
    from dbtrack.tenants import api_tokens

    with destination(output) as stream, connected(connection) as database:
        emit(
            api_tokens.TOKEN_COLUMNS,
            api_tokens.list_tokens(database),
            stream,
            output,
            title="Tokens",
            report="token list",
            database=database,
        )


def revoke(connection: ConnectionArguments, name: Name) -> None:
    """Refuse a token from now on."""
    from dbtrack.tenants import api_tokens

    with connected(connection) as database:
        api_tokens.revoke_token(database, name)


_MEMBERS = {
    "create": CommandDefinition(create, EXAMPLES[:2]),
    "list": CommandDefinition(list_all, EXAMPLES[2:3]),
    "revoke": CommandDefinition(revoke, EXAMPLES[3:]),
}
COMMANDS = {"token": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
