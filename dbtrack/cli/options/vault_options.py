"""The options of ``dbtrack vault receive``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer


@dataclass(frozen=True)
class ReceiveArguments:
    """Where the receiver of a vault listens, and how much it does at once."""

    listen: Annotated[
        str,
        typer.Option(
            "--listen", metavar="HOST:PORT", help="Where to listen; [::1]:8480 for IPv6. Port 0: a free one."
        ),
    ] = "127.0.0.1:8480"
    tls_cert: Annotated[
        Path | None,
        typer.Option("--tls-cert", metavar="FILE", help="Speak TLS with this certificate chain, in PEM."),
    ] = None
    tls_key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's private key, in PEM.")
    ] = None
    insecure: Annotated[
        bool,
        typer.Option(
            "--insecure",
            help="Listen without TLS where other machines can connect, behind a proxy that speaks TLS.",
        ),
    ] = False
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="How many processes receive.")
    ] = 1
    pool_size: Annotated[
        int,
        typer.Option("--pool-size", metavar="N", min=1, max=500, help="Most connections of each worker."),
    ] = 4
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Report each request, on standard error.")
    ] = False
