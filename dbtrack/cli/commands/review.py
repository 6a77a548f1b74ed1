"""``dbtrack review``: sign, list, due."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, OutputArguments
from dbtrack.cli.output import destination, emit
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example, GroupDefinition
from dbtrack.config import client_zone
from dbtrack.errors import ExitCode, UsageError
from dbtrack.terminal import messages

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.operations.review_period import ReviewPeriod
    from dbtrack.operations.reviews import ReviewException

ABOUT = """Sign that the changes of a period were examined, and see which reviews are due.

A review is an execution of the type REVIEW: it is sealed, exported and kept like all others.
"""
EXAMPLES = (
    Example(
        "dbtrack review sign --period 2026Q3 --by 'Ines Weber' --statement 'All changes examined.'",
        "Sign the third quarter.",
    ),
    Example(
        "dbtrack review sign --period last-week --by Ines --exception 7d877be6:no_ticket --reason 'by mail'",
        "Sign the last week, and explain a change without a ticket.",
    ),
    Example(
        "dbtrack review sign --about access --document access.html --by 'Ines Weber'",
        "Sign the access review that was written to this file.",
    ),
    Example("dbtrack review list", "List what was signed, by whom."),
    Example("dbtrack review due", "List the periods that nobody has signed; exit 3 if there is one."),
)


class ReviewSubject(StrEnum):
    """What a review is about."""

    CHANGES = "changes"
    ACCESS = "access"


Tenant = Annotated[
    str | None,
    typer.Option(
        "--tenant", metavar="TENANT", help="The tenant that it is about. Default: all that you may review."
    ),
]


def sign(
    *,
    connection: ConnectionArguments,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who signs. The login is recorded too.")],
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="PERIOD",
            help="2026Q3, 2026-07, 2026-W30, 2026-07-14, 2026, last-week, last-month, last-quarter, "
            "last-year or yesterday, in the time zone evidence.zone.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Instead of --period: its beginning."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="With --since: its end. Default: now."),
    ] = None,
    statement: Annotated[
        str | None, typer.Option("--statement", metavar="TEXT", help="What the signer declares.")
    ] = None,
    exception: Annotated[
        list[str] | None,
        typer.Option(
            "--exception",
            metavar="KEY[:KIND]",
            help="An execution that is in order although it is an exception, for one kind, as no_ticket, or "
            "for all; may be repeated, each with its --reason.",
        ),
    ] = None,
    reason: Annotated[
        list[str] | None,
        typer.Option("--reason", metavar="TEXT", help="Why; once for each --exception, or one for all."),
    ] = None,
    tenant: Tenant = None,
    about: Annotated[
        ReviewSubject,
        typer.Option(
            "--about",
            metavar="SUBJECT",
            help="What was reviewed: changes, or access to what is classified. Of access without a period, "
            "the time since the last such review.",
        ),
    ] = ReviewSubject.CHANGES,
    document: Annotated[
        Path | None,
        typer.Option(
            "--document",
            metavar="FILE",
            help="The document that is signed, as 'dbtrack access-review' wrote it: its SHA-256 is recorded.",
        ),
    ] = None,
    allow_own: Annotated[
        bool,
        typer.Option(
            "--allow-own",
            help="Also explain changes that the signer made, started or approved. The review shows which.",
        ),
    ] = False,
) -> None:
    """Sign that a period was examined; print the key.

    Administrators, auditors and the logins of a tenant may sign. The period must be over. Who made, started
    or approved a change cannot explain it alone.
    """
    from dbtrack.operations.reviews import Signature, sign_review

    exceptions = _exceptions(exception or (), reason or ())
    digest = None if document is None else _digest(document)
    with connected(connection) as database:
        tenant_key = _tenant_key(database, connection, tenant)
        if about is ReviewSubject.ACCESS and period is None and since is None:
            chosen = _since_last_access_review(database, tenant_key)
        else:
            chosen = _period(database, period, since, until)
        signature = Signature(chosen, by, statement, exceptions, tenant_key, allow_own, about, digest)
        key = sign_review(database, signature)
        sys.stdout.write(f"{key.hex()}\n")
    explained = f", {len(exceptions)} explained" if exceptions else ""
    messages.say(f"dbtrack: signed {chosen.name} ({chosen.since} to {chosen.until}){explained}")


def _digest(document: Path) -> str:
    try:
        with document.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"cannot read {document}: {error.strerror}") from error


def list_all(connection: ConnectionArguments, output: OutputArguments, tenant: Tenant = None) -> None:
    """List the reviews that were signed."""
    from dbtrack.operations.reviews import REVIEW_COLUMNS, list_reviews

    with destination(output) as stream, connected(connection) as database:
        rows = list_reviews(database, _tenant_key(database, connection, tenant))
        emit(REVIEW_COLUMNS, rows, stream, output, title="Reviews", report="review list", database=database)


def due(connection: ConnectionArguments, output: OutputArguments, tenant: Tenant = None) -> None:
    """List the periods whose review is due.

    Those that are over and that no signed review covers; exits 3 if there is one. The setting
    evidence.review_every says how often: a number of days such as 7d, or quarter; empty for never. Of access
    to what is classified, classes.review_every says it.
    """
    from dbtrack.operations.reviews import DUE_COLUMNS, due_reviews

    with destination(output) as stream, connected(connection) as database:
        rows = due_reviews(database, _tenant_key(database, connection, tenant))
        emit(DUE_COLUMNS, rows, stream, output, title="Reviews due", report="review due", database=database)
    if rows:
        raise typer.Exit(ExitCode.FINDINGS)


def _exceptions(words: Sequence[str], reasons: Sequence[str]) -> list[ReviewException]:
    from dbtrack.operations.execution_keys import parse_key_range
    from dbtrack.operations.reviews import ReviewException

    if len(reasons) not in {1, len(words)} or (reasons and not words):
        raise UsageError(
            f"{len(words)} --exception and {len(reasons)} --reason",
            hint="give each exception its reason, in the same order, or one reason for all",
        )
    found = []
    for place, word in enumerate(words):
        key, _, kind = word.partition(":")
        parse_key_range(key)  # before connecting
        found.append(ReviewException(key, kind or None, reasons[place if len(reasons) > 1 else 0]))
    return found


def _tenant_key(database: Database, connection: ConnectionArguments, tenant: str | None) -> bytes | None:
    words = tenant or target_of(connection).tenant
    return database.call_value("resolve_tenant", tenant=words) if words else None


def _period(database: Database, period: str | None, since: str | None, until: str | None) -> ReviewPeriod:
    from dbtrack.operations.review_period import ReviewPeriod, parse_period
    from dbtrack.operations.reviews import review_zone, server_time
    from dbtrack.reports.run import read_moments

    if (period is None) == (since is None) or (until is not None and since is None):
        raise UsageError("which period?", hint="give --period 2026Q3, or --since and --until")
    now = server_time(database)
    if period is not None:
        return parse_period(period, now, review_zone(database))
    read = read_moments({"since": since, "until": until}, now, client_zone(os.environ))
    begin, end = read["since"] or now, read["until"] or now
    return ReviewPeriod(f"{begin:%Y-%m-%d %H:%M}/{end:%Y-%m-%d %H:%M}", begin, end)


def _since_last_access_review(database: Database, tenant: bytes | None) -> ReviewPeriod:
    from dbtrack.operations.review_period import ReviewPeriod
    from dbtrack.operations.reviews import last_access_review, server_time

    begin, end = last_access_review(database, tenant), server_time(database)
    return ReviewPeriod(f"{begin:%Y-%m-%d}/{end:%Y-%m-%d}", begin, end)


_MEMBERS = {
    "sign": CommandDefinition(sign, EXAMPLES[:3]),
    "list": CommandDefinition(list_all, EXAMPLES[3:4]),
    "due": CommandDefinition(due, EXAMPLES[4:]),
}
COMMANDS = {"review": GroupDefinition(ABOUT, _MEMBERS, EXAMPLES)}
