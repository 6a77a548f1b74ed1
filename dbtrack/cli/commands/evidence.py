"""``dbtrack evidence``."""

from __future__ import annotations

import os
import re
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from dbtrack import files
from dbtrack.cli.connection import connected, target_of
from dbtrack.cli.options.connection_options import ConnectionArguments, NoPager, OutputFile, Utc
from dbtrack.cli.output import STANDARD_OUTPUT, check_binary, destination, write_binary
from dbtrack.cli.program.typer_adapter import OUTPUT_OPTIONS, CommandDefinition, Example
from dbtrack.config import client_zone
from dbtrack.errors import ExitCode, MissingExtraError, UsageError
from dbtrack.terminal import messages
from dbtrack.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from dbtrack.db import Database
    from dbtrack.evidence.model import Evidence, Framework
    from dbtrack.evidence.reading import DrawRequest

EXAMPLES = (
    Example(
        "dbtrack evidence --framework hipaa --since 2026-07-01 --until 2026-10-01 -o hipaa.html",
        "A quarter, as a page, with its data in a file beside it.",
    ),
    Example("dbtrack evidence --list", "The frameworks that there are."),
    Example(
        "dbtrack evidence --framework soc2 --since 7d --format markdown --fail-on-open",
        "In CI: exit 3 if an exception of the last week is not explained.",
    ),
)


class EvidenceFormat(StrEnum):
    """The form of the document; another one needs a writer in `_write`."""

    HTML = "html"
    PDF = "pdf"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"


_ENDINGS = {
    ".html": EvidenceFormat.HTML,
    ".htm": EvidenceFormat.HTML,
    ".pdf": EvidenceFormat.PDF,
    ".json": EvidenceFormat.JSON,
    ".csv": EvidenceFormat.CSV,
}


# What the writer of a format imports, and the extra that has it.
_PACKAGES = {EvidenceFormat.HTML: ("jinja2", "report"), EvidenceFormat.PDF: ("typst", "pdf")}


# Of a tenant's name in the name of a file, which systems limit to 255 bytes.
_LONGEST_TENANT = 30


class Part(StrEnum):
    """The table that CSV has."""

    POPULATION = "population"
    EXCEPTIONS = "exceptions"
    SAMPLE = "sample"
    CONTROLS = "controls"


@dataclass(frozen=True)
class EvidenceArguments:
    """The form of the document, and the file that it is written to."""

    format: Annotated[
        EvidenceFormat | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            case_sensitive=False,
            help="html, pdf, markdown, json or csv. Default: as the name of --output ends, else markdown.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    part: Annotated[
        Part | None,
        typer.Option(
            "--part",
            metavar="PART",
            case_sensitive=False,
            help="The table of --format csv: population (the default), exceptions, sample or controls.",
            rich_help_panel=OUTPUT_OPTIONS,
        ),
    ] = None
    output: OutputFile = None
    no_pager: NoPager = False

    @property
    def form(self) -> EvidenceFormat:
        """The form that was asked for, else the one that the file's name ends with, else Markdown."""
        ending = self.output.suffix.lower() if self.output else ""
        return self.format or _ENDINGS.get(ending, EvidenceFormat.MARKDOWN)

    @property
    def file(self) -> Path | None:
        """The file that was named; None for standard output."""
        return None if self.output == STANDARD_OUTPUT else self.output


@dataclass(frozen=True)
class DataFileArguments:
    """What a data file is checked against."""

    digests: Annotated[
        list[str] | None,
        typer.Option(
            "--digests",
            metavar="PLACE",
            help="With verify: a digest, a directory of them, or s3://BUCKET/PREFIX; may be repeated.",
        ),
    ] = None
    public_key: Annotated[
        Path | None,
        typer.Option(
            "--public-key",
            metavar="FILE",
            help="With verify: accept only digests that the owner of this key signed.",
        ),
    ] = None
    sha256: Annotated[
        str | None,
        typer.Option("--sha256", metavar="HEX", help="With verify: the SHA-256 that the document has."),
    ] = None


@dataclass(frozen=True)
class ScopeArguments:
    """What evidence is drawn of."""

    framework: Annotated[
        str | None,
        typer.Option(
            "--framework", metavar="NAME", help="A framework of --list, or a file of your own (TOML)."
        ),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="TIME", help="The beginning of the period: 2026-07-01, 'last month'."
        ),
    ] = None
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="The end of the period. Default: now.")
    ] = None
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="TENANT", help="Only this tenant. Default: all you may see."),
    ] = None
    sample: Annotated[
        int,
        typer.Option("--sample", metavar="N", min=0, max=1000, help="Draw so many changes for examination."),
    ] = 25
    seed: Annotated[
        str | None,
        typer.Option(
            "--seed",
            metavar="TEXT",
            help="The same seed draws the same sample again. Default: a new one, which the document names.",
        ),
    ] = None
    utc: Utc = False


def evidence(
    connection: ConnectionArguments,
    document: EvidenceArguments,
    scope: ScopeArguments,
    check: DataFileArguments,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[verify FILE]", help="Instead of drawing: check a data file, without a database."
        ),
    ] = None,
    fail_on_open: Annotated[
        bool, typer.Option("--fail-on-open", help="Exit 3 if an exception is not explained; for CI.")
    ] = False,
    show_list: Annotated[bool, typer.Option("--list", help="List the frameworks, and exit.")] = False,
) -> None:
    """Draw evidence for an examination: changes, completeness, exceptions, a sample.

    The document has the controls of a framework and says to each how far the record supports it; it never
    says that anybody is compliant. With -o, all data is written to a JSON file beside the document, whose
    SHA-256 the document has: 'dbtrack evidence verify' checks it without the database.
    """
    if words:
        _verify(words, check)
        return
    if show_list:
        _list(document)
        return
    if scope.framework is None or scope.since is None:
        raise UsageError(
            "give --framework and --since", hint="list the frameworks with: dbtrack evidence --list"
        )
    if document.part is not None and document.form is not EvidenceFormat.CSV:
        raise UsageError(f"--part is for --format csv: a document in {document.form} has all parts")
    _check_writer(document.form, document.output)
    found = _framework(scope.framework)
    with connected(connection) as database:
        request = _request(database, found, scope, scope.tenant or target_of(connection).tenant)
        drawn = _drawn(database, request, document)
    if fail_on_open and drawn.open:
        raise typer.Exit(ExitCode.FINDINGS)


def _check_writer(form: EvidenceFormat, output: Path | None) -> None:
    """Refuse a document that could not be written in the end, before anything is read."""
    package, extra = _PACKAGES.get(form, (None, ""))
    if package is not None and find_spec(package) is None:
        raise MissingExtraError(f"'dbtrack evidence --format {form}'", extra)
    if form is EvidenceFormat.PDF:
        check_binary(output)


def own_frameworks() -> Path | None:
    """Return the directory of the organisation's own frameworks, from the configuration file."""
    from dbtrack.config.configuration_file import read_configuration

    directory = read_configuration(os.environ).frameworks
    return None if directory is None else Path(directory).expanduser()


def _framework(name: str) -> Framework:
    from dbtrack.evidence.framework_files import find_framework
    from dbtrack.evidence.measures import MEASURES

    return find_framework(name, own_frameworks(), MEASURES)


def _list(document: EvidenceArguments) -> None:
    from dbtrack.evidence.framework_files import framework_files, read_framework
    from dbtrack.evidence.measures import MEASURES

    with destination(document.output, pages=not document.no_pager) as stream:
        for name, path in sorted(framework_files(own_frameworks()).items()):
            read = read_framework(path, MEASURES)
            checked = f"text checked on {read.checked}" if read.checked else "text not checked"
            stream.write(
                f"{name:<12} {read.title}, {read.edition}: {len(read.controls)} controls, {checked}\n"
            )


def _period(database: Database, since: str, until: str | None, zone: tzinfo) -> tuple[datetime, datetime]:
    from dbtrack import sql_files
    from dbtrack.reports.run import read_moments

    now: datetime = database.value(sql_files.query("reports/clock"))
    read = read_moments({"since": since, "until": until}, now, zone)
    begin, end = read.get("since"), read.get("until") or now
    if begin is None or begin >= end:
        raise UsageError("the period is empty", hint="--since must be before --until")
    return begin, end


def _verify(words: list[str], check: DataFileArguments) -> None:
    from dbtrack.departures.read_back import read_kept
    from dbtrack.evidence.verify_file import verify_file
    from dbtrack.proof.signing import read_public_key

    if words[0] != "verify" or len(words) != len(("verify", "FILE")):
        raise UsageError(f"{shlex.join(words)} is not known", hint="dbtrack evidence verify FILE")
    key = None if check.public_key is None else read_public_key(check.public_key)
    kept = read_kept(check.digests or [], "")
    result = verify_file(Path(words[1]), kept.digests, public_key=key, sha256=check.sha256)
    findings = [*result.findings, *(finding.details for finding in kept.findings)]
    for line in result.said:
        messages.say(line)
    for finding in findings:
        messages.fail(finding)
    if findings:
        raise typer.Exit(ExitCode.FINDINGS)


def _request(
    database: Database, framework: Framework, scope: ScopeArguments, tenant: str | None
) -> DrawRequest:
    from dbtrack.evidence.reading import DrawRequest

    zone = client_zone(os.environ, utc=scope.utc)
    begin, end = _period(database, scope.since or "", scope.until, zone)
    seed = scope.seed if scope.seed is not None else secrets.token_hex(4)
    words = ["dbtrack", "evidence", "--framework", framework.name]
    words += ["--since", begin.isoformat(), "--until", end.isoformat()]
    words += ["--tenant", tenant] if tenant else []
    words += ["--sample", str(scope.sample), "--seed", seed]
    return DrawRequest(framework, begin, end, zone, tenant, scope.sample, seed, shlex.join(words))


def _drawn(database: Database, request: DrawRequest, document: EvidenceArguments) -> Evidence:
    from dbtrack.evidence.data_file import HashedStream
    from dbtrack.evidence.draw import draw, record_drawing

    with _data_file(database, request, document) as (named, is_kept):
        path = named
        is_beside = is_kept and path != document.file
        written = path.with_name(f"{path.stem}-{secrets.token_hex(4)}.json") if is_beside else path
        with files.naming(path):
            with (
                files.replacing(written, mode=files.mode_for(path)) as stream,
                ProgressLine("evidence") as line,
            ):
                drawn = draw(
                    database,
                    request,
                    HashedStream(stream),
                    path.name,
                    progress=lambda changes: line.count(changes, None, "changes"),
                )
            if is_beside:
                path = written.replace(_free_name(path, drawn.data.sha256))
        drawn = replace(drawn, data=replace(drawn.data, name=path.name, is_written=is_kept))
        record_drawing(database, request, drawn)
        if document.form is EvidenceFormat.PDF:
            write_binary(document.output, _pdf(drawn))
        elif not (document.form is EvidenceFormat.JSON and is_kept):
            with destination(document.output, pages=not document.no_pager) as text:
                _write(document, drawn, path, text)
    return drawn


def _free_name(path: Path, sha256: str) -> Path:
    """Return a name for the data beside a document: another document's data is never replaced."""
    return path.with_name(f"{path.stem}-{sha256[:8]}.json") if path.exists() else path


@contextmanager
def _data_file(
    database: Database, request: DrawRequest, document: EvidenceArguments
) -> Iterator[tuple[Path, bool]]:
    """Yield where the data is written, and whether it stays: beside the document, or as the document."""
    since, until = (each.astimezone(request.zone) for each in (request.since, request.until))
    names = [database.name, *([request.tenant[:_LONGEST_TENANT]] if request.tenant else ())]
    names += [request.framework.name, f"{since:%Y%m%d}-{until:%Y%m%d}"]
    name = f"evidence-{'-'.join(names)}.json"
    standard = re.sub(r"[^\w.-]+", "_", name)
    if document.file is not None:
        is_data = document.form is EvidenceFormat.JSON
        yield document.file if is_data else document.file.parent / standard, True
        return
    with TemporaryDirectory(prefix="dbtrack-evidence-") as directory:
        yield Path(directory) / standard, False


def _pdf(drawn: Evidence) -> bytes:
    from dbtrack.documents.evidence_pdf import evidence_pdf

    return evidence_pdf(drawn)


def _write(document: EvidenceArguments, drawn: Evidence, data: Path, stream: TextIO) -> None:
    match document.form:
        case EvidenceFormat.HTML:
            from dbtrack.documents.evidence_html import evidence_html

            stream.write(evidence_html(drawn))
        case EvidenceFormat.MARKDOWN:
            from dbtrack.documents.evidence_markdown import evidence_markdown

            stream.write(evidence_markdown(drawn))
        case EvidenceFormat.JSON:
            with data.open(encoding="ascii") as lines:
                stream.writelines(lines)
        case EvidenceFormat.CSV:
            _write_csv(document.part or Part.POPULATION, drawn, data, stream)


def _write_csv(part: Part, drawn: Evidence, data: Path, stream: TextIO) -> None:
    from dbtrack.documents import evidence_csv

    match part:
        case Part.POPULATION:
            evidence_csv.write_population(data, stream)
        case Part.EXCEPTIONS:
            evidence_csv.write_exceptions(data, stream)
        case Part.SAMPLE:
            evidence_csv.write_sample(drawn, stream)
        case Part.CONTROLS:
            evidence_csv.write_controls(drawn, stream)


COMMANDS = {"evidence": CommandDefinition(evidence, EXAMPLES)}
