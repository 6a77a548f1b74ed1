"""Reviews: somebody signs that the changes of a period were examined, and explains the exceptions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dbtrack.columns import Column, Kind
from dbtrack.db import Database, Row
from dbtrack.errors import DbtrackError, UsageError
from dbtrack.operations.review_period import ReviewPeriod
from dbtrack.sql_files import query

REVIEW_COLUMNS = (
    Column("signed_at", Kind.TIME, "Signed"),
    Column("period", Kind.IDENTIFIER, "Period"),
    Column("since", Kind.TIME, "Since", rank=2),
    Column("until", Kind.TIME, "Until", rank=2),
    Column("tenant", Kind.IDENTIFIER, "Tenant", help="null: everything", rank=1),
    Column("signed_by", Kind.IDENTIFIER, "By", help="as was said"),
    Column("login", Kind.IDENTIFIER, "Login", help="that signed; proven"),
    Column("exceptions", Kind.COUNT, "Exceptions", help="that it explains"),
    Column("own_exceptions", Kind.COUNT, "Own", help="of these, the signer's own changes", rank=3),
    Column("statement", Kind.TEXT, "Statement", rank=4),
    Column("execution_key", Kind.KEY, "Key"),
    Column("about", Kind.IDENTIFIER, "About", help="changes, or access to what is classified"),
    Column("document", Kind.IDENTIFIER, "Document", help="SHA-256 of the document that was signed", rank=5),
)
DUE_COLUMNS = (
    Column("tenant", Kind.IDENTIFIER, "Tenant", help="null: everything"),
    Column("period", Kind.IDENTIFIER, "Period"),
    Column("since", Kind.TIME, "Since"),
    Column("until", Kind.TIME, "Until"),
    Column("about", Kind.IDENTIFIER, "About", help="changes, or access to what is classified"),
)

_UNKNOWN_KEY = "DT009"


@dataclass(frozen=True)
class ReviewException:
    """What a review explains.

    Args:
        key: the execution's key, or at least its first 8 hexadecimal digits.
        kind: the kind of exception, as no_ticket; None for all.
        reason: why the change is in order.
    """

    key: str
    kind: str | None
    reason: str


@dataclass(frozen=True)
class Signature:
    """What somebody signs.

    Args:
        signed_by: the name of the person.
        tenant: the hash key of the tenant whose changes were examined; None for all that the login may.
        allows_own: also explain changes that the signer made, started or approved; the review shows which.
        about: changes, or access to what is classified.
        document: the SHA-256 of the document that is signed, in hexadecimal; None: none.
    """

    period: ReviewPeriod
    signed_by: str
    statement: str | None = None
    exceptions: Sequence[ReviewException] = ()
    tenant: bytes | None = None
    allows_own: bool = False
    about: str = "changes"
    document: str | None = None


def sign_review(database: Database, signature: Signature) -> bytes:
    """Sign a review, and return the hash key of its execution.

    Raises:
        UsageError: a key does not exist or lies outside the period, or an exception is the signer's own.
        DbtrackError: the login may not.
    """
    exceptions = [
        {
            "key": _whole_key(database, exception.key),
            "kind": exception.kind,
            "reason": exception.reason,
        }
        for exception in signature.exceptions
    ]
    key = database.call_value(
        "sign_review",
        period=signature.period.name,
        since=signature.period.since,
        until=signature.period.until,
        signed_by=signature.signed_by,
        statement=signature.statement,
        exceptions=json.dumps(exceptions),
        tenant_hk=signature.tenant,
        allow_own=signature.allows_own,
        about=signature.about,
        document=signature.document,
    )
    return bytes(key)


def _whole_key(database: Database, key: str) -> str:
    """Return the key of the one execution that the login sees and whose key begins so."""
    try:
        return bytes(database.call_value("get_execution_key", key_prefix=key)).hex()
    except DbtrackError as error:
        if getattr(error.__cause__, "sqlstate", None) == _UNKNOWN_KEY:
            raise UsageError(error.message, hint=error.hint) from error
        raise


def list_reviews(database: Database, tenant: bytes | None = None) -> list[Row]:
    """Return the reviews in the columns of `REVIEW_COLUMNS`, the latest first.

    Args:
        tenant: only those that count for the tenant with this hash key.
    """
    database.call("record_access", p_report_name="reviews", p_tenant=tenant.hex() if tenant else None)
    return database.rows(query("reviews/reviews"), {"tenant": tenant})


def last_access_review(database: Database, tenant: bytes | None = None) -> datetime:
    """Return until when access was reviewed last; when dbtrack was installed, if it never was.

    Args:
        tenant: only reviews that count for the tenant with this hash key.
    """
    until: datetime = database.value(query("reviews/last_of_access"), {"tenant": tenant})
    return until


def due_reviews(database: Database, tenant: bytes | None = None) -> list[Row]:
    """Return the periods whose review is due, in the columns of `DUE_COLUMNS`, the earliest first."""
    return database.call("get_due_reviews", tenant_hk=tenant)


def review_zone(database: Database) -> ZoneInfo:
    """Return the time zone of the periods: the setting evidence.zone, else UTC."""
    name = database.call_value("current_setting_value", p_setting_name="evidence.zone")
    try:
        return ZoneInfo(str(name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def server_time(database: Database) -> datetime:
    """Return the time by the server's clock."""
    now: datetime = database.value(query("reports/clock"))
    return now
