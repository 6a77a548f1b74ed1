"""Options of the commands that read archives and lakes."""

from __future__ import annotations

from typing import Annotated

import typer

NoVerify = Annotated[
    bool,
    typer.Option(
        "--no-verify", help="Do not compare the files with their manifests first, which reads all of them."
    ),
]
