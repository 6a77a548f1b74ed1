"""``dbtrack vault``: install, add, sources, findings, accept, remove, receive."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments, Quiet
from dbtrack.cli.options.vault_options import ReceiveArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.errors import MissingExtraError, UsageError
from dbtrack.terminal import messages

ABOUT = """Manage the central record of many databases: its sources, and what they push.

A vault is a database of its own with dbtrack. Each source pushes its record with 'dbtrack push'. All reports
work on the vault, for all sources or with --source for one. See docs/vault.md.
"""
EXAMPLES = (
    Example(
        "dbtrack vault install -d vault", "Install dbtrack into the database vault, and make it a vault."
    ),
    Example(
        "dbtrack vault add shop -d vault > shop.token",
        "A source that pushes over HTTPS. Run umask 077 first: others could read the file.",
    ),
    Example(
        "dbtrack vault add shop -d vault --login shop_push",
        "A source that pushes over a connection to the vault, as this login.",
    ),
    Example("dbtrack vault sources -d vault", "List the sources, and how far each is."),
    Example("dbtrack vault findings shop -d vault", "List what does not agree."),
    Example(
        "dbtrack vault accept shop -d vault --reason 'restored from the backup of Monday'",
        "Accept what was found, and let the source start again.",
    ),
    Example("dbtrack vault remove shop -d vault", "Take nothing more from a source; its rows stay."),
    Example(
        "dbtrack vault set shop -d vault --follow-erasures",
        "What is erased at the source is erased in the vault, too.",
    ),
    Example(
        "dbtrack vault receive -U receiver -d vault --listen :8480 --tls-cert tls.crt --tls-key tls.key",
        "Receive over HTTPS, until Ctrl-C.",
    ),
    Example(
        "dbtrack vault receive -U receiver -d vault --from kafka://broker1:9092/vault",
        "Receive what sources pushed to a topic of Kafka, until Ctrl-C.",
    ),
)

Name = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="The source's name: lower-case letters, digits, dots, underscores, hyphens; at most 40.",
    ),
]
OneName = Annotated[str | None, typer.Argument(metavar="[SOURCE]", help="Only this source. Default: all.")]


def install(connection: ConnectionArguments, *, quiet: Quiet = False) -> None:
    """Make a database a vault.

    Installs dbtrack into it, or upgrades it. It can be repeated safely. Use a database of its own: the
    sources' rows are in the tables of its record.
    """
    from dbtrack import schema
    from dbtrack.vault.sources import make_vault

    with connected(connection, show_warnings=False, replay=False) as database:
        report = schema.install(database, schema.InstallOptions())
        make_vault(database)
    for warning in report.warnings:
        messages.warn(warning)
    if not quiet:
        messages.say_block(f"{report.database_name} is a vault\nnext: dbtrack vault add SOURCE")


def add(
    connection: ConnectionArguments,
    name: Name,
    login: Annotated[
        str | None,
        typer.Option(
            "--login",
            metavar="ROLE",
            help="The login with which it pushes over postgresql://. Default: a token for https://.",
        ),
    ] = None,
    subscription: Annotated[
        str | None,
        typer.Option(
            "--subscription",
            metavar="NAME",
            help="The subscription that will bring its record, instead of a push; create it afterwards.",
        ),
    ] = None,
    expected: Annotated[
        str,
        typer.Option(
            "--expected",
            metavar="PERIOD",
            help="After this time without a push it counts as silent: 10m, 1h, 2d.",
        ),
    ] = "1h",
    *,
    follow_erasures: Annotated[
        bool,
        typer.Option(
            "--follow-erasures",
            help="Erase in the vault, too, what dbtrack erase has erased at the source.",
        ),
    ] = False,
) -> None:
    """Add a source, and print its token once.

    The token is alone on standard output. A source with --login or
    --subscription needs no token.
    """
    from dbtrack.vault.sources import add_source, parse_expected, set_source

    with connected(connection) as database:
        token = add_source(
            database,
            name,
            login=login,
            expected_seconds=parse_expected(expected),
            subscription=subscription,
        )
        if follow_erasures:
            set_source(database, name, follows_erasures=True)
        if token is not None:
            sys.stdout.write(f"{token}\n")


def sources(connection: ConnectionArguments, output: OutputArguments) -> None:
    """List the sources, and how far each is.

    The last push, the lag, what is verified, how much arrived, and how many findings are open.
    """
    from dbtrack.vault.sources import SOURCE_COLUMNS, list_sources

    with destination(output) as stream, connected(connection) as database:
        emit(
            SOURCE_COLUMNS,
            list_sources(database),
            stream,
            output,
            title="Sources",
            report="vault sources",
            database=database,
        )


def findings(connection: ConnectionArguments, output: OutputArguments, name: OneName = None) -> None:
    """List what does not agree, the open ones first."""
    from dbtrack.vault.sources import FINDING_COLUMNS, list_findings

    with destination(output) as stream, connected(connection) as database:
        emit(
            FINDING_COLUMNS,
            list_findings(database, name),
            stream,
            output,
            title="Findings",
            report="vault findings",
            database=database,
        )


def accept(
    connection: ConnectionArguments,
    name: Name,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stays with the findings.")],
) -> None:
    """Accept what was found of a source.

    It starts again with what it sends next. Rows that arrived stay as they are, and so do the findings.
    """
    from dbtrack.vault.sources import accept_findings

    with connected(connection) as database:
        count = accept_findings(database, name, reason)
    messages.say(f"dbtrack: accepted {count:,} findings of {name}")


def set_options(
    connection: ConnectionArguments,
    name: Name,
    *,
    follow_erasures: Annotated[
        bool,
        typer.Option(
            "--follow-erasures/--no-follow-erasures",
            help="Whether what dbtrack erase erases at the source is erased in the vault, too.",
        ),
    ],
) -> None:
    """Change what the vault allows a source.

    With --follow-erasures, who controls the source can have values of its rows erased in the vault. Nothing
    else that has arrived can be changed.
    """
    from dbtrack.vault.sources import set_source

    with connected(connection) as database:
        set_source(database, name, follows_erasures=follow_erasures)


def remove(connection: ConnectionArguments, name: Name) -> None:
    """Take nothing more from a source; its rows stay."""
    from dbtrack.vault.sources import remove_source

    with connected(connection) as database:
        remove_source(database, name)


def receive(connection: ConnectionArguments, receiving: ReceiveArguments) -> None:
    """Receive what sources push, over HTTPS, Kafka or NATS.

    Runs until Ctrl-C or SIGTERM.

    The login must be a member of the role dbtrack_vault and no superuser. The token of each request, or the
    proof in each message, says which source it is; the database decides.
    """
    if receiving.origin is not None:
        from dbtrack.cli.vault_intake import receive_from

        if receiving.tls_cert or receiving.tls_key or receiving.listen != ReceiveArguments.listen:
            raise UsageError(
                "--listen, --tls-cert and --tls-key are for HTTPS, and --from reads from a broker"
            )
        receive_from(connection, receiving, receiving.origin)
        return
    if receiving.once or receiving.consumer_config is not None:
        raise UsageError("--once and --consumer-config are for --from")
    for package in ("starlette", "uvicorn", "psycopg_pool"):
        if find_spec(package) is None:
            raise MissingExtraError("'dbtrack vault receive'", "serve")
    from dbtrack.db import Database
    from dbtrack.serve.listen import Address, open_socket, scheme, tls_pair
    from dbtrack.serve.receive import MOST_BODY_BYTES, create_receiver
    from dbtrack.serve.server import ServerOptions, run_server, show_log
    from dbtrack.serve.settings import ServeSettings
    from dbtrack.vault.sources import check_receiver_login

    tls = tls_pair(receiving.tls_cert, receiving.tls_key)
    with open_socket(
        Address.parse(receiving.listen), may_be_reached=receiving.insecure or tls is not None
    ) as listener:
        target = target_of(connection)
        with Database.connect(target, application_name="dbtrack vault receive") as database:
            check_receiver_login(database)
            target = database.without_asking_again(target)
        settings = ServeSettings(
            target,
            pool_size=receiving.pool_size,
            most_body_bytes=MOST_BODY_BYTES,
            request_timeout_seconds=300.0,
            is_tls=tls is not None,
        )
        show_log(requests=receiving.verbose)
        messages.say(f"dbtrack: listening on {scheme(tls)}://{Address(*listener.getsockname()[:2])}")
        run_server(
            settings,
            ServerOptions(tls=tls, workers=receiving.workers, application=create_receiver),
            listener,
        )
    messages.say("dbtrack: stopped")


_MEMBERS = {
    "install": CommandDefinition(install, EXAMPLES[:1]),
    "add": CommandDefinition(add, EXAMPLES[1:3]),
    "sources": CommandDefinition(sources, EXAMPLES[3:4]),
    "findings": CommandDefinition(findings, EXAMPLES[4:5]),
    "accept": CommandDefinition(accept, EXAMPLES[5:6]),
    "remove": CommandDefinition(remove, EXAMPLES[6:7]),
    "set": CommandDefinition(set_options, EXAMPLES[7:8]),
    "receive": CommandDefinition(receive, EXAMPLES[8:]),
}
COMMANDS = {"vault": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
