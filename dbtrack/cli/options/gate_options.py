"""The gates of predict and rehearse."""

from __future__ import annotations

from typing import Annotated

import typer

FailOn = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="WHAT",
        help="Exit 3 if a statement does this: rewrite, index-rebuild, scan, access-exclusive, blocks-reads, "
        "blocks-writes, waits (somebody holds a lock now), unknown (duration); several with commas.",
    ),
]
