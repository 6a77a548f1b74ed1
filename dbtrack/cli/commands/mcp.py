"""``dbtrack mcp``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import target_of
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import MissingExtraError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.config import ConnectionTarget
    from dbtrack.db import Database

_APPLICATION_NAME = "dbtrack mcp"

EXAMPLES = (
    Example("dbtrack mcp --env prod", "What an agent's configuration runs."),
    Example("claude mcp add shop -- dbtrack mcp --env prod", "Let Claude Code ask."),
    Example("dbtrack mcp --env prod --tenant acme", "Answer about one tenant unless asked about another."),
)


def mcp(
    connection: ConnectionArguments,
    tenant: Annotated[
        str | None,
        typer.Option(
            "--tenant",
            metavar="TENANT",
            help="The tenant of questions that name none. The login's rights decide what can be read.",
        ),
    ] = None,
    statement_timeout: Annotated[
        int,
        typer.Option(
            "--statement-timeout",
            metavar="SECONDS",
            min=1,
            max=3600,
            help="How long one statement may take. Default: 30.",
        ),
    ] = 30,
) -> None:
    """Let agents ask about the record, over the Model Context Protocol; they can only read.

    It speaks on standard input and output, and ends with its standard input. Each tool is a report. The
    database decides what the login may see: give it a login that only reads. That it reads other people's
    records is recorded, as for every login.
    """
    if find_spec("mcp") is None:
        raise MissingExtraError("'dbtrack mcp'", "mcp")
    target = target_of(connection)
    # Once, so that what is wrong is said at the start, where the person who configured it can see it.
    with _connected(target) as database:
        target = database.without_asking_again(target)
    from dbtrack.mcp_server.reader import RecordReader
    from dbtrack.mcp_server.server import serve_standard_streams

    reader = RecordReader(
        lambda: _connected(target), tenant=tenant or target.tenant, timeout_seconds=statement_timeout
    )
    try:
        serve_standard_streams(reader)
    finally:
        reader.close()


def _connected(target: ConnectionTarget) -> Database:
    from dbtrack.db import Database

    database = Database.connect(target, application_name=_APPLICATION_NAME)
    database.on_notice(lambda notice: messages.warn(notice.message))
    return database


COMMANDS = {"mcp": CommandDefinition(mcp, EXAMPLES)}
