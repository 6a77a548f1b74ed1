"""``dbtrack access-review``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import HTML, ConnectionArguments, PageArguments
from dbtrack.cli.output import destination, emit_sections
from dbtrack.cli.program.typer_adapter import CommandDefinition, Example
from dbtrack.errors import ExitCode, MissingExtraError

EXAMPLES = (
    Example("dbtrack access-review -o access.html", "As a page, to be signed."),
    Example("dbtrack access-review pii --since 2026-07-01 --format markdown", "One class, for a mail."),
    Example("dbtrack access-review --fail-on-open --format json", "In CI: exit 3 if an exception is open."),
)


def access_review(
    connection: ConnectionArguments,
    document: PageArguments,
    class_name: Annotated[
        str | None, typer.Argument(metavar="[CLASS]", help="Only what has this class.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="TIME",
            help="List what changed since then. Default: since the last signed review of access.",
        ),
    ] = None,
    unused_days: Annotated[
        int,
        typer.Option(
            "--unused-days",
            metavar="DAYS",
            min=1,
            max=36500,
            help="A login of which nothing was recorded for so many days is an exception, if logins are "
            "recorded.",
        ),
    ] = 90,
    fail_on_open: Annotated[
        bool, typer.Option("--fail-on-open", help="Exit 3 if an exception is not explained; for CI.")
    ] = False,
) -> None:
    """Write who has access to what is classified, for a review that somebody signs.

    For each classified object: who can read and write it, by which grant, since when, by which execution and
    ticket, when the login was last seen in the record; what is odd about it, and what changed since the last
    review. Sign it with 'dbtrack review sign --about access --document FILE'.
    """
    from dbtrack.documents.access_review import ReviewRequest, read_access_review
    from dbtrack.operations.classes import check_class

    if document.form == HTML and find_spec("jinja2") is None:
        raise MissingExtraError("'dbtrack access-review --format html'", "report")
    with connected(connection) as database:
        check_class(database, class_name)
        request = ReviewRequest(class_name, since, unused_days, target_of(connection).tenant, document.zone)
        review = read_access_review(database, request)
    with destination(document.output, pages=not document.no_pager) as stream:
        if document.form == HTML:
            from dbtrack.documents.access_review_html import access_review_html

            stream.write(access_review_html(review))
        else:
            emit_sections("access-review", review.sections(), stream, document.plain())
    if fail_on_open and review.open:
        raise typer.Exit(ExitCode.FINDINGS)


COMMANDS = {"access-review": CommandDefinition(access_review, EXAMPLES)}
