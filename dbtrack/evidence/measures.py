"""The named measures that controls ask for: each says how far the record supports a statement, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from dbtrack.evidence.facts import Facts
from dbtrack.evidence.model import ExceptionKind, Measured, Support
from dbtrack.evidence.support import SUPPORT, if_none, of_the_period, weakest
from dbtrack.evidence.words import (
    capital,
    duration_words,
    is_are,
    known,
    signed_words,
    times,
    was_were,
)
from dbtrack.render.readable import counted

_WHOLE = 100
_ALL = "all of the period"


def _population(facts: Facts) -> Measured:
    totals = facts.totals
    values = {"changes": totals.changes, "failed": totals.failed, "logins": totals.logins}
    status = SUPPORT[facts.status("record_begins")]
    sentence = (
        f"{counted(totals.changes, 'change')} of structure, rights and settings "
        f"{was_were(totals.changes)} recorded."
    )
    return Measured(
        "population", status, values, sentence + " Of reading and changing of rows the record has nothing."
    )


def _completeness(facts: Facts) -> Measured:
    asked = (
        "record_begins",
        "period_ended",
        "capture_on",
        "capture_failures",
        "removed",
        "reconcile_before",
        "reconcile_after",
    )
    status = weakest(*(SUPPORT[facts.status(name)] for name in asked))
    unseen = facts.found(ExceptionKind.UNRECORDED_CHANGE)
    if unseen:
        status = weakest(status, Support.IN_PART)
    share = facts.completeness["capture_on"].value if "capture_on" in facts.completeness else None
    values = {"capture_percent": share, "gaps": len(facts.gaps), "unrecorded": unseen}
    how_long = (
        _ALL
        if share == _WHOLE
        else "no known part of the period"
        if share is None
        else f"{share} % of the period"
    )
    return Measured(
        "completeness",
        status,
        values,
        f"Capture was on for {how_long}, as far as the record shows; {counted(unseen, 'change')} "
        f"{was_were(unseen)} found "
        f"that nobody had recorded. {_reconciled(facts)}",
    )


def _reconciled(facts: Facts) -> str:
    ends = [name for name in ("before", "after") if facts.status(f"reconcile_{name}") == "ok"]
    if len(ends) > 1:
        return "Catalogs and record were compared before the period and after it."
    if not ends:
        return "Catalogs and record were compared neither before the period nor after it."
    return f"Catalogs and record were compared only {ends[0]} the period."


def _attribution(facts: Facts) -> Measured:
    shared, unseen = facts.found(ExceptionKind.SHARED_LOGIN), facts.found(ExceptionKind.UNRECORDED_CHANGE)
    open_count = facts.open(ExceptionKind.SHARED_LOGIN) + facts.open(ExceptionKind.UNRECORDED_CHANGE)
    values = {"logins": facts.totals.logins, "shared": shared, "unattributed": unseen}
    sentence = (
        f"Who made a change is recorded with it: {counted(facts.totals.logins, 'login')} made changes; "
        f"{counted(shared, 'change')} {was_were(shared)} by a shared login. Who made "
        f"{counted(unseen, 'unrecorded change')} is not known."
    )
    status = if_none(open_count)
    replicated = facts.counts.get("replicated") or 0
    if replicated:
        values["replicated"] = replicated
        sentence += (
            f" Replication applied {counted(replicated, 'change')} here: who made "
            f"{'it' if replicated == 1 else 'them'} is in the record of another node."
        )
    if not facts.settings.get("shared_logins"):
        status = weakest(status, Support.IN_PART)
        sentence += " Which logins several people share is not set (evidence.shared_logins)."
    return Measured(
        "attribution", status, values, sentence + " Who a person is behind a login is not in the record."
    )


def _integrity(facts: Facts) -> Measured:
    status = weakest(
        *(SUPPORT[facts.status(name)] for name in ("seals", "unsealed", "verification", "digests"))
    )
    failed = facts.open(ExceptionKind.VERIFICATION_FAILED)
    if failed:
        status = Support.NOT_SHOWN
    answers = [
        facts.completeness[name].detail
        for name in ("seals", "unsealed", "verification", "digests")
        if name in facts.completeness
    ]
    blocks = facts.completeness["seals"].value if "seals" in facts.completeness else 0
    values = {"seals": blocks, "verifications_failed": facts.found(ExceptionKind.VERIFICATION_FAILED)}
    if failed:
        answers.append(
            f"{counted(failed, 'verification')} of the period found differences that nobody has explained"
        )
    return Measured("integrity", status, values, " ".join(f"{capital(each)}." for each in answers))


def _reviews(facts: Facts) -> Measured:
    signed, explained = facts.reviews_signed, sum(each.found - each.open for each in facts.kinds.values())
    found = sum(each.found for each in facts.kinds.values())
    due = facts.reviews_due
    values = {"reviews_due": due or 0, "reviews_signed": signed, "exceptions": found, "explained": explained}
    sentence = signed_words(signed, due)
    status = Support.NOT_SHOWN if not signed else if_none(max((due or 0) - signed, 0) + found - explained)
    return Measured(
        "reviews", status, values, f"{sentence}; {explained:,} of {counted(found, 'exception')} explained."
    )


def _approvals(facts: Facts) -> Measured:
    totals = facts.totals
    no_ticket, same = facts.found(ExceptionKind.NO_TICKET), facts.found(ExceptionKind.SAME_PERSON)
    open_count = facts.open(ExceptionKind.NO_TICKET) + facts.open(ExceptionKind.SAME_PERSON)
    values = {
        "changes": totals.changes,
        "with_ticket": totals.with_ticket,
        "with_approval": totals.with_approval,
        "no_ticket": no_ticket,
        "same_person": same,
    }
    status = if_none(open_count)
    if totals.changes and not totals.with_ticket:
        status = Support.NOT_SHOWN
    return Measured(
        "approvals",
        status,
        values,
        f"{totals.with_ticket:,} of {counted(totals.changes, 'change')} "
        f"{'names' if totals.with_ticket == 1 else 'name'} a ticket and {totals.with_approval:,} "
        "an approver; "
        f"{no_ticket:,} without a ticket {'is an exception' if no_ticket == 1 else 'are exceptions'}; "
        f"{same:,} {was_were(same)} approved by who made {'it' if same == 1 else 'them'}. Tickets and "
        "approvals are what the pipeline "
        "said; they were not compared with the ticket system.",
    )


def _pipeline(facts: Facts) -> Measured:
    totals, outside = facts.totals, facts.found(ExceptionKind.OUTSIDE_PIPELINE)
    open_count = facts.open(ExceptionKind.OUTSIDE_PIPELINE)
    values = {"changes": totals.changes, "in_pipeline": totals.in_pipeline, "outside": outside}
    return Measured(
        "pipeline",
        if_none(open_count),
        values,
        f"{totals.in_pipeline:,} of {counted(totals.changes, 'change')} came through the pipeline, "
        f"{outside:,} did not; "
        f"{open_count:,} of these {is_are(open_count)} not explained."
        f"{_not_judged(totals.changes - totals.in_pipeline - outside)}",
    )


def _privileges(facts: Facts) -> Measured:
    granted = facts.found(ExceptionKind.SUPERUSER_RIGHT)
    values = {"privilege_changes": facts.totals.privilege_changes, "superuser_rights": granted}
    status = weakest(if_none(facts.open(ExceptionKind.SUPERUSER_RIGHT)), SUPPORT[facts.status("roles_seen")])
    return Measured(
        "privileges",
        status,
        values,
        f"{counted(facts.totals.privilege_changes, 'change')} of roles and privileges "
        f"{was_were(facts.totals.privilege_changes)} "
        f"recorded; {granted:,} gave a superuser-like right. {_roles_seen(facts)}",
    )


def _roles_seen(facts: Facts) -> str:
    answer = facts.completeness.get("roles_seen")
    return f"{capital(answer.detail)}." if answer else ""


def _capture(facts: Facts) -> Measured:
    off = sum((_length(facts, index) for index in range(len(facts.gaps))), timedelta())
    unseen = facts.found(ExceptionKind.UNRECORDED_CHANGE)
    status = if_none(len(facts.gaps) + unseen)
    values = {"gaps": len(facts.gaps), "off": duration_words(off), "unrecorded": unseen}
    sentence = (
        f"Capture was off {times(len(facts.gaps))}, at most {duration_words(off)} in all"
        if facts.gaps
        else ("Capture was never off, as far as the record shows")
    )
    found = f"{counted(unseen, 'unrecorded change')} {was_were(unseen)} found"
    return Measured("capture", status, values, f"{sentence}; {found}.")


def _length(facts: Facts, index: int) -> timedelta:
    gap = facts.gaps[index]
    end = min(facts.scope.until, facts.scope.drawn_at)
    return max(min(gap.until or end, end) - gap.since, timedelta())


def _retention(facts: Facts) -> Measured:
    days = facts.counts.get("retention_days")
    begins = facts.scope.record_begins
    removed = facts.status("removed")
    values = {
        "retention_days": days,
        "record_begins": None if begins is None else f"{facts.scope.local(begins):%Y-%m-%d}",
        "conflicts": facts.settings.get("retention_conflicts") or "none",
    }
    local = None if begins is None else facts.scope.local(begins)
    oldest = "" if local is None else f" The record begins on {local.day} {local:%b %Y}."
    if days is None:
        return Measured(
            "retention",
            Support.NOT_SHOWN,
            values,
            "This login may not read how long records are kept." + oldest,
        )
    sentence = f"dbtrack cleanup keeps {counted(days, 'day')} unless it is told otherwise.{oldest}"
    sentence += (
        " No cleanup removed rows of the period."
        if removed == "ok"
        else " A cleanup removed rows of the period."
    )
    status = SUPPORT[removed]
    if facts.settings.get("retention_conflicts"):
        status = weakest(status, Support.IN_PART)
        sentence += f" Rules of retention conflict: {values['conflicts']}."
    return Measured("retention", status, values, sentence)


def _access(facts: Facts) -> Measured:
    administrators, readers = facts.counts.get("administrators"), facts.counts.get("readers")
    recording = facts.settings.get("access_recording")
    writers = facts.counts.get("writers")
    values = {
        "administrators": administrators,
        "readers": readers,
        "writers": writers,
        "accesses": facts.counts.get("accesses"),
    }
    status = Support.SUPPORTS if recording == "on" and writers == 0 else Support.IN_PART
    return Measured(
        "access",
        status,
        values,
        f"Now {known(administrators, 'login')} {'administers' if administrators == 1 else 'administer'} "
        f"the record and {known(readers)} may read it. {_writers(writers)} {_recording(recording)}: "
        f"{known(facts.counts.get('accesses'), 'time')} in the period, as far as this login sees.",
    )


def _writers(number: int | None) -> str:
    if number is None:
        return "Which logins can write its tables directly is not known to this login."
    if not number:
        return "No login but superusers can write its tables directly: dbtrack's own functions do that."
    return f"Beside superusers, {counted(number, 'login')} can write its tables directly."


def _recording(setting: str | None) -> str:
    if setting is None:
        return "Whether the reading of reports is recorded is not shown to this login"
    return {
        "on": "Each reading of a report is recorded",
        "others": "The reading of a report is recorded where it shows or asks for what belongs to others",
        "off": "The reading of reports is recorded of auditors only",
    }.get(setting, f"The setting access.recording is {setting}")


def _classified(facts: Facts) -> Measured:
    objects, logins = facts.counts.get("classified") or 0, facts.counts.get("class_logins") or 0
    changes, everybody = facts.totals.classified, bool(facts.counts.get("class_public"))
    values = {"classified": objects, "classified_changes": changes, "with_access": logins}
    if not objects:
        return Measured(
            "classified",
            Support.NOT_SHOWN,
            values,
            "No object is classified, as far as this login sees: which of them contain protected data, and "
            "who could read or write these, is not shown.",
        )
    public = ", and so could everybody (PUBLIC)" if everybody else ""
    them = "it" if objects == 1 else "them"
    return Measured(
        "classified",
        if_none(everybody),
        values,
        f"{counted(objects, 'object')} {was_were(objects)} classified when this was drawn, whole or by "
        f"columns; {counted(changes, 'change')} of the period changed {them}. "
        f"Then {counted(logins, 'login')} could read or write {them}, with owners and superusers{public}. "
        "Whether everything is classified that should be is not in the record, nor who read rows.",
    )


def _emergencies(facts: Facts) -> Measured:
    number, open_count = (
        facts.found(ExceptionKind.EMERGENCY_NOT_REVIEWED),
        facts.open(ExceptionKind.EMERGENCY_NOT_REVIEWED),
    )
    values = {"emergencies": number, "not_reviewed": open_count}
    return Measured(
        "emergencies",
        if_none(open_count),
        values,
        f"{counted(number, 'change')} {was_were(number)} marked as an emergency; {open_count:,} not "
        "reviewed afterwards. Whether others should have been marked is not in the record.",
    )


def _failures(facts: Facts) -> Measured:
    lost = facts.completeness.get("capture_failures")
    values = {"failed": facts.totals.failed, "capture_failures": lost.value if lost else None}
    status = SUPPORT[facts.status("capture_failures")]
    sentence = f"{counted(facts.totals.failed, 'change')} failed and {was_were(facts.totals.failed)} recorded"
    return Measured(
        "failures",
        status,
        values,
        f"{sentence}; {lost.detail if lost else 'failures of capture are not known'}.",
    )


def _tenants(facts: Facts) -> Measured:
    tenants, known = len(facts.totals.by_tenant), facts.counts.get("tenants")
    values = {"tenants": known, "tenants_changed": tenants}
    return Measured(
        "tenants",
        Support.SUPPORTS if known else Support.NOT_SHOWN,
        values,
        f"{counted(known or 0, 'tenant')} {is_are(known)} known to this login; row security of the "
        "database decides who sees whose "
        "records.",
    )


def _not_judged(number: int) -> str:
    """Return why changes are neither in the pipeline nor outside of it, so that the numbers add up."""
    if number <= 0:
        return ""
    return (
        f" {counted(number, 'other change')} {is_are(number)} not judged by this: DDL that failed, what "
        "replication applied, what dbtrack reconcile found, and what ran inside an operation that this "
        "login does not see."
    )


MEASURES: Mapping[str, Callable[[Facts], Measured]] = MappingProxyType(
    {
        "population": of_the_period(_population),
        "completeness": of_the_period(_completeness),
        "attribution": of_the_period(_attribution, needs_changes=True),
        "integrity": _integrity,
        "reviews": _reviews,
        "approvals": of_the_period(_approvals, needs_changes=True),
        "pipeline": of_the_period(_pipeline, needs_changes=True),
        "privileges": of_the_period(_privileges),
        "capture": of_the_period(_capture),
        "retention": _retention,
        "access": _access,
        "classified": _classified,
        "emergencies": of_the_period(_emergencies),
        "failures": of_the_period(_failures),
        "tenants": _tenants,
    }
)
