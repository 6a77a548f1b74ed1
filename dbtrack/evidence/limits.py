"""What the record cannot show, said in each document."""

from __future__ import annotations

from collections.abc import Iterator

from dbtrack.evidence.facts import Facts


def limits(facts: Facts) -> tuple[str, ...]:
    """Return what the record cannot show, each a sentence, the general first."""
    return tuple(_limits(facts))


def _limits(facts: Facts) -> Iterator[str]:
    yield "Reading and changing of rows: it records structure, rights and operations, never data."
    yield (
        "What a superuser did while capture was off, beyond the difference that dbtrack reconcile "
        "found in the catalogs."
    )
    yield (
        "A session that a superuser began with event_triggers = off (PostgreSQL 17 and later): "
        "only dbtrack reconcile can "
        "find what it changed."
    )
    yield (
        "Who a person is behind a login. Tickets, approvals and application names are what the "
        "pipeline or the session said; "
        "they were not compared with another system."
    )
    yield "That the clock of the server was right."
    yield "That nothing was removed between its recording and its seal."
    if facts.status("roles_seen") != "ok":
        yield (
            "CREATE and ALTER ROLE, GRANT of a role and other changes of the whole server: event "
            "triggers do not see them. "
            "dbtrack ingest records them from the server's log, and dbtrack reconcile finds what "
            "is different afterwards."
        )
    yield "A statement that failed and is not in a log that was ingested."
    begins = facts.scope.record_begins
    if begins is not None:
        local = facts.scope.local(begins)
        yield f"Anything before {local.day} {local:%B %Y}, when the record begins."
    if facts.scope.tenants is not None:
        yield "What belongs to tenants that this login does not see."
    yield "Whether anybody is compliant: that is for the examination to say."
