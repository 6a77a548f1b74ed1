"""The options of ``dbtrack serve``, in two groups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

TlsCertificate = Annotated[
    Path | None,
    typer.Option("--tls-cert", metavar="FILE", help="Speak TLS with this certificate chain, in PEM."),
]
TlsKey = Annotated[
    Path | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's private key, in PEM.")
]
Insecure = Annotated[
    bool,
    typer.Option(
        "--insecure",
        help="Listen without TLS where other machines can connect, behind a proxy that speaks TLS.",
    ),
]


@dataclass(frozen=True)
class ListenArguments:
    """Where the server listens, and to whom."""

    listen: Annotated[
        str,
        typer.Option(
            "--listen", metavar="HOST:PORT", help="Where to listen; [::1]:8470 for IPv6. Port 0: a free one."
        ),
    ] = "127.0.0.1:8470"
    tls_cert: TlsCertificate = None
    tls_key: TlsKey = None
    insecure: Insecure = False
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy",
            metavar="ADDRESS",
            help="Take the client's address from X-Forwarded-For if this proxy sends it; may be repeated.",
        ),
    ] = None
    cors_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--cors-origin",
            metavar="ORIGIN",
            help="Let scripts of this origin read answers; may be repeated. Default: none.",
        ),
    ] = None


@dataclass(frozen=True)
class CapacityArguments:
    """How much the server does at once, and for how long."""

    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="How many processes answer.")
    ] = 1
    pool_size: Annotated[
        int,
        typer.Option(
            "--pool-size", metavar="N", min=1, max=500, help="Most connections of each worker to a server."
        ),
    ] = 10
    read_from: Annotated[
        str | None,
        typer.Option(
            "--read-from",
            metavar="CONNINFO",
            help="A standby that answers reports; the primary answers while it cannot be reached.",
        ),
    ] = None
    statement_timeout: Annotated[
        float,
        typer.Option(
            "--statement-timeout", metavar="SECONDS", min=0.1, max=3600, help="Longest time of a statement."
        ),
    ] = 30.0
    request_timeout: Annotated[
        float,
        typer.Option(
            "--request-timeout",
            metavar="SECONDS",
            min=1,
            max=3600,
            help="Longest time in which a request arrives.",
        ),
    ] = 60.0
    cache_seconds: Annotated[
        float,
        typer.Option(
            "--cache-seconds",
            metavar="SECONDS",
            min=0,
            max=60,
            help="How long a report is given again to the same token without reading it; 0: never.",
        ),
    ] = 2.0
    rate: Annotated[
        str,
        typer.Option("--rate", metavar="RATE", help="Limit of a token that has none of its own."),
    ] = "600/min"
