"""What a drawn evidence document says. All writers read it; none asks the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum


class ExceptionKind(StrEnum):
    """The kinds of exceptions that are looked for, in the order in which documents list them."""

    CAPTURE_OFF = "capture_off"
    UNRECORDED_CHANGE = "unrecorded_change"
    VERIFICATION_FAILED = "verification_failed"
    OUTSIDE_PIPELINE = "outside_pipeline"
    NO_TICKET = "no_ticket"
    SAME_PERSON = "same_person"
    OUT_OF_HOURS = "out_of_hours"
    SUPERUSER_RIGHT = "superuser_right"
    EMERGENCY_NOT_REVIEWED = "emergency_not_reviewed"
    SHARED_LOGIN = "shared_login"

    @property
    def heading(self) -> str:
        """The kind in words."""
        return _HEADINGS[self]


_HEADINGS = {
    ExceptionKind.CAPTURE_OFF: "Capture was off",
    ExceptionKind.UNRECORDED_CHANGE: "Change that was not recorded",
    ExceptionKind.VERIFICATION_FAILED: "Verification failed",
    ExceptionKind.OUTSIDE_PIPELINE: "Outside the pipeline",
    ExceptionKind.NO_TICKET: "No ticket",
    ExceptionKind.SAME_PERSON: "Implemented and approved by the same person",
    ExceptionKind.OUT_OF_HOURS: "Out of hours",
    ExceptionKind.SUPERUSER_RIGHT: "Superuser-like right granted",
    ExceptionKind.EMERGENCY_NOT_REVIEWED: "Emergency without a later review",
    ExceptionKind.SHARED_LOGIN: "Shared login",
}


class Support(StrEnum):
    """How far the record supports a statement; it never says more than that."""

    SUPPORTS = "supports"
    IN_PART = "supports in part"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Control:
    """One control of a framework.

    Args:
        quoted: whether `text` is in the framework's own words; otherwise it is a paraphrase.
        measures: the names of the measures that answer it.
        wording: a sentence with the values of the measures in braces; None: the measures' own sentences.
        sql: a query of its own instead of measures; None without one.
        limit: what of it the record cannot show, so that it is supported in part at most; None without one.
        checked_against: what its text was compared with, if not what the framework's was; None: the same.
    """

    paragraph: str
    title: str
    text: str
    quoted: bool = True
    measures: tuple[str, ...] = ()
    wording: str | None = None
    sql: str | None = None
    limit: str | None = None
    checked_against: str | None = None


@dataclass(frozen=True)
class Framework:
    """A framework, as its file has it.

    Args:
        checked: the date on which each text was compared with the source; None: not checked.
        checked_against: what it was compared with.
        retention: how long the framework asks to keep records, with its paragraph; None: it does not say.
        file: the file that it was read from; its name alone for those that dbtrack brings.
        sha256: of that file, in hexadecimal.
    """

    name: str
    title: str
    edition: str
    version: int
    source: str
    checked: str | None
    checked_against: str | None
    retention: str | None
    controls: tuple[Control, ...]
    file: str
    sha256: str


@dataclass(frozen=True)
class Scope:
    """What was looked at, and by whom.

    Args:
        since: the first moment that belongs to it.
        until: the first moment that does not.
        zone: in which times are written.
        system_identifier: of the server; None where nothing is sealed, or the login may not see it.
        tenant: the tenant that was asked for; None for all that the login may see.
        tenants: those that the login sees; None: all, and rows of none.
        record_begins: the earliest time in the record that the login sees; None without a row.
        notes: what limits it, each a sentence.
    """

    database: str
    place: str
    server_version: str
    system_identifier: str | None
    since: datetime
    until: datetime
    zone: tzinfo
    drawn_at: datetime
    drawn_by: str
    tenant: str | None
    tenants: tuple[str, ...] | None
    record_begins: datetime | None
    notes: tuple[str, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the document's zone."""
        return moment.astimezone(self.zone)


@dataclass(frozen=True)
class Change:
    """One change of the population, with the columns of `get_evidence_population`."""

    key: bytes
    tenant: str | None
    occurred_at: datetime
    recorded_at: datetime
    script_type: str
    status: str
    subject: str
    login: str | None
    acting_role: str | None
    application: str | None
    client_address: str | None
    ticket: str | None
    reason: str | None
    approved_by: str | None
    pull_request: str | None
    ci_run_url: str | None
    ci_actor: str | None
    git_commit: str | None
    git_author: str | None
    is_emergency: bool
    is_pipeline: bool
    record_source: str
    version_number: int
    exceptions: tuple[str, ...]
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvidenceException:
    """One exception, as `get_evidence_exceptions` returns it.

    Args:
        number: its place among all exceptions of the document, from 1: E-01.
        key: of the execution; None where there is no execution.
    """

    number: int
    kind: ExceptionKind
    key: bytes | None
    tenant: str | None
    occurred_at: datetime
    subject: str
    login: str | None
    detail: str | None
    is_open: bool
    explained_by: str | None
    explained_at: datetime | None
    explained_reason: str | None
    classes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its number as documents write it."""
        return f"E-{self.number:02d}"


@dataclass(frozen=True)
class KindCount:
    """How many exceptions of a kind were found.

    Args:
        was_looked_for: False where nothing in the record could show them, so that none found says nothing.
    """

    kind: ExceptionKind
    found: int
    open: int
    was_looked_for: bool = True


@dataclass(frozen=True)
class Gap:
    """A time in which capture was off; `until` is None where no end is in the record."""

    since: datetime
    until: datetime | None
    is_exact: bool
    detail: str


@dataclass(frozen=True)
class Completeness:
    """One question about completeness and its answer.

    Args:
        status: ok, part or missing.
        moment: the time that it is about; None without one.
    """

    measure: str
    status: str
    value: float | None
    detail: str
    moment: datetime | None


@dataclass(frozen=True)
class Measured:
    """The answer of a measure: its status, its values for wordings, and its own sentence."""

    name: str
    status: Support
    values: Mapping[str, object]
    sentence: str


@dataclass(frozen=True)
class ControlAnswer:
    """A control and what the record says to it."""

    control: Control
    status: Support
    sentence: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class SampledChange:
    """A change of the sample.

    Args:
        block_number: of the seal that covers it; None: not sealed, or the login may not see it.
        labels: of its exceptions.
    """

    change: Change
    block_number: int | None
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """The sample: of all keys those with the smallest SHA-256 of seed and key, in order of time."""

    size: int
    seed: str
    drawn: tuple[SampledChange, ...]

    @property
    def complete(self) -> int:
        """How many have no exception."""
        return sum(1 for each in self.drawn if not each.labels)


@dataclass(frozen=True)
class Totals:
    """Counts over the population."""

    changes: int = 0
    completed: int = 0
    failed: int = 0
    in_pipeline: int = 0
    with_ticket: int = 0
    with_approval: int = 0
    emergencies: int = 0
    privilege_changes: int = 0
    logins: int = 0
    by_tenant: Mapping[str, int] = field(default_factory=dict)
    by_month: Mapping[str, int] = field(default_factory=dict)
    classified: int = 0


@dataclass(frozen=True)
class Review:
    """A signed review of a part of the period.

    Args:
        signed_by: the name that was said.
        login: with which it was signed, which is proven.
        tenant: whose changes were reviewed; None for everything.
        is_counted: whether it is of all that the evidence is about, and counts for the reviews that are due.
    """

    period: str
    since: datetime | None
    until: datetime | None
    signed_by: str
    signed_at: datetime
    statement: str | None
    login: str | None = None
    tenant: str | None = None
    is_counted: bool = True

    @property
    def signer(self) -> str:
        """The name that was said, and the login."""
        return self.signed_by if self.login is None else f"{self.signed_by}, signed as {self.login}"

    @property
    def whose(self) -> str:
        """The tenant as documents write it."""
        return self.tenant or ("everything" if self.is_counted else "not known")


@dataclass(frozen=True)
class DataFile:
    """The data of the document.

    Args:
        is_written: whether it was kept in a file of this name.
    """

    name: str
    sha256: str
    size: int
    is_written: bool


@dataclass(frozen=True)
class Evidence:
    """A whole document.

    Args:
        exceptions: the first of each kind, open ones first, in the order of the kinds; `kinds` counts all.
        reviews_due: how many reviews were due in the period; None where none is ever due.
        reviews_signed: how many of those due the reviews of the same scope cover; of none due, how many
            such reviews there are.
        command: the command line that draws the same again.
        blocks: how many seals the data file has.
        proofs: for how many changes of the sample it has a proof.
        limits: what the record cannot show, each a sentence.
    """

    scope: Scope
    framework: Framework
    totals: Totals
    kinds: Sequence[KindCount]
    exceptions: Sequence[EvidenceException]
    gaps: Sequence[Gap]
    completeness: Sequence[Completeness]
    controls: Sequence[ControlAnswer]
    sample: Sample
    reviews: Sequence[Review]
    reviews_due: int | None
    limits: Sequence[str]
    command: str
    blocks: int
    proofs: int
    data: DataFile
    reviews_signed: int = 0

    @property
    def found(self) -> int:
        """How many exceptions there are."""
        return sum(each.found for each in self.kinds)

    @property
    def open(self) -> int:
        """How many of them nobody has explained."""
        return sum(each.open for each in self.kinds)
