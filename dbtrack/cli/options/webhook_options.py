"""The arguments and options that the commands about webhooks share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dbtrack.config import KeyRing
    from dbtrack.notify.http_exchange import Limits

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The webhook's name: letters, digits, dots, hyphens, underscores."),
]
Timeout = Annotated[
    float,
    typer.Option(
        "--timeout", metavar="SECONDS", min=1, max=300, help="How long one delivery may take altogether."
    ),
]
_CONNECT_SECONDS = 5.0


def key_ring_here() -> KeyRing:
    """Return the encryption keys of the environment and the configuration file."""
    from dbtrack.config import key_ring

    return key_ring(os.environ)


def limits_of(timeout_seconds: float) -> Limits:
    """Return the limits of one delivery."""
    from dbtrack.notify.http_exchange import Limits

    return Limits(min(_CONNECT_SECONDS, timeout_seconds), timeout_seconds)
