"""The options of ``dbtrack vault receive``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from dbtrack.cli.options.serve_options import Insecure, TlsCertificate, TlsKey


@dataclass(frozen=True)
class ReceiveArguments:
    """Where the receiver of a vault listens, and how much it does at once."""

    listen: Annotated[
        str,
        typer.Option(
            "--listen", metavar="HOST:PORT", help="Where to listen; [::1]:8480 for IPv6. Port 0: a free one."
        ),
    ] = "127.0.0.1:8480"
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="URL",
            help="Read what sources pushed to kafka://HOST:PORT/TOPIC or nats://HOST:PORT/SUBJECT instead.",
        ),
    ] = None
    consumer_config: Annotated[
        Path | None,
        typer.Option(
            "--consumer-config",
            metavar="FILE",
            help="With --from: settings of the client library, one NAME=VALUE a line: TLS, login.",
        ),
    ] = None
    once: Annotated[
        bool, typer.Option("--once", help="With --from: receive what is there, and end; for cron.")
    ] = False
    tls_cert: TlsCertificate = None
    tls_key: TlsKey = None
    insecure: Insecure = False
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="How many processes receive.")
    ] = 1
    pool_size: Annotated[
        int,
        typer.Option("--pool-size", metavar="N", min=1, max=500, help="Most connections of each worker."),
    ] = 4
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Report each request, or what was received, on standard error."),
    ] = False
