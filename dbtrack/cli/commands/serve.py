"""``dbtrack serve``."""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import target_of
from dbtrack.cli.options.connection_options import ConnectionArguments
from dbtrack.cli.options.serve_options import CapacityArguments, ListenArguments
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.config import ConnectionOptions, ConnectionTarget, resolve_target
from dbtrack.errors import MissingExtraError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.serve.settings import ServeSettings

EXAMPLES = (
    Example("dbtrack serve -U dbtrack_web -d shop", "Answer on http://127.0.0.1:8470."),
    Example(
        "dbtrack serve -U dbtrack_web -d shop --listen :443 --tls-cert server.crt --tls-key server.key",
        "For other machines, with TLS.",
    ),
    Example(
        "dbtrack serve -U dbtrack_web -d shop --workers 4 --read-from 'host=standby dbname=shop'",
        "Four processes; reports are read from a standby.",
    ),
)


def serve(
    connection: ConnectionArguments,
    listening: ListenArguments,
    capacity: CapacityArguments,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Report each request, on standard error.")
    ] = False,
) -> None:
    """Answer requests over HTTP: the API, metrics and the page; until Ctrl-C or SIGTERM.

    The login must be a member of the role dbtrack_api, and sees nothing by itself: each request shows a token
    (dbtrack token create), and the database decides what that token reaches. Running requests are finished
    before the server ends.
    """
    _require_extra()
    from dbtrack.serve.listen import Address, open_socket, scheme, tls_pair
    from dbtrack.serve.server import ServerOptions, run_server, show_log

    tls = tls_pair(listening.tls_cert, listening.tls_key)
    may_be_reached = listening.insecure or tls is not None
    with open_socket(Address.parse(listening.listen), may_be_reached=may_be_reached) as listener:
        settings = _settings(connection, listening, capacity)
        show_log(requests=verbose)
        messages.say(f"dbtrack: listening on {scheme(tls)}://{Address(*listener.getsockname()[:2])}")
        options = ServerOptions(tls=tls, workers=capacity.workers, proxies=tuple(listening.proxy or ()))
        run_server(settings, options, listener)
    messages.say("dbtrack: stopped")


def _settings(
    connection: ConnectionArguments, listening: ListenArguments, capacity: CapacityArguments
) -> ServeSettings:
    from dbtrack.serve.settings import ServeSettings
    from dbtrack.tenants.api_tokens import parse_rate

    rate = parse_rate(capacity.rate)
    standby = None if capacity.read_from is None else _standby(capacity.read_from, connection)
    return ServeSettings(
        _checked(target_of(connection)),
        read_from=standby,
        pool_size=capacity.pool_size,
        statement_timeout_seconds=capacity.statement_timeout,
        request_timeout_seconds=capacity.request_timeout,
        requests_per_minute=rate,
        cache_seconds=capacity.cache_seconds,
        cors_origins=tuple(listening.cors_origin or ()),
        is_tls=listening.tls_cert is not None,
    )


def _require_extra() -> None:
    for package in ("fastapi", "uvicorn", "psycopg_pool", "jinja2"):
        if find_spec(package) is None:
            raise MissingExtraError("'dbtrack serve'", "serve")


def _checked(target: ConnectionTarget) -> ConnectionTarget:
    """Connect once, so that what is wrong is said before anybody asks; return the target for the workers."""
    from dbtrack.db import Database
    from dbtrack.serve.check_login import check_login

    with Database.connect(target, application_name="dbtrack serve") as database:
        check_login(database)
        return database.without_asking_again(target)


def _standby(text: str, connection: ConnectionArguments) -> ConnectionTarget:
    options = ConnectionOptions(dbname=text, user=connection.username, no_password=True)
    target = resolve_target(options, os.environ)
    return replace(target, defaults={"target_session_attrs": "prefer-standby", **target.defaults})


COMMANDS = {"serve": CommandDefinition(serve, EXAMPLES)}
