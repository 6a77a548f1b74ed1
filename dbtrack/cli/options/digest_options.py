"""The options about where digests go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dbtrack.departures.destination import DestinationOptions

NoLock = Annotated[
    bool,
    typer.Option("--no-lock", help="Also use a bucket without Object Lock, where digests can be removed."),
]


@dataclass(frozen=True)
class DestinationArguments:
    """Where a digest is sent, and what holds on the way."""

    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="DESTINATION",
            help="Send the digest there: s3://BUCKET/PREFIX, rfc3161:URL of a timestamp authority, "
            "a directory, or https://HOST/PATH of a webhook; may be repeated. {database} stands for the "
            "name of the database.",
        ),
    ] = None
    retain: Annotated[
        str | None,
        typer.Option(
            "--retain",
            metavar="PERIOD",
            help="For how long S3 is to retain the digest: 6y, 26w, 90d. Default: as the bucket sets it.",
        ),
    ] = None
    no_lock: NoLock = False
    headers: Annotated[
        Path | None,
        typer.Option(
            "--headers",
            metavar="FILE",
            help="Send the headers in this file, which may be secret, to webhooks and authorities.",
        ),
    ] = None
    allow_private: Annotated[
        bool,
        typer.Option("--allow-private", help="Also connect to addresses that are not public."),
    ] = False
    allow_plain: Annotated[
        bool,
        typer.Option("--allow-plain", help="Also send over http to a webhook."),
    ] = False
    status: Annotated[
        bool,
        typer.Option("--status", help="Only list the destinations, and what left last."),
    ] = False
    forget: Annotated[
        str | None,
        typer.Option(
            "--forget",
            metavar="DESTINATION",
            help="Only end that this destination, as --status names it, is expected to get digests.",
        ),
    ] = None

    def options(self) -> DestinationOptions:
        """Return what holds for each destination.

        Raises:
            UsageError: it is not a retention.
        """
        from dbtrack.departures.destination import DestinationOptions, parse_retention

        return DestinationOptions(
            retain=None if self.retain is None else parse_retention(self.retain),
            without_lock=self.no_lock,
            headers_file=self.headers,
            allow_private=self.allow_private,
            allow_plain=self.allow_plain,
        )
