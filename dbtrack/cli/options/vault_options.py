"""The options of ``dbtrack vault receive``."""

from __future__ import annotations

from dataclasses import dataclass
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
        bool, typer.Option("--verbose", "-v", help="Report each request, on standard error.")
    ] = False
