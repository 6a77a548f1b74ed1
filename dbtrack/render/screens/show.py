"""The screen of `dbtrack show`: one execution as a record, and first of all what happened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from dbtrack.render.screens.canvas import DONE, DOT, WARNING, Canvas, Meaning, Piece, status_glyph
from dbtrack.render.screens.record import INDENT, Parts, Record, first_of, label, put_facts, put_text
from dbtrack.render.screens.shortening import clip, short_duration, short_identity, short_key
from dbtrack.render.screens.show_review import draw_review
from dbtrack.render.values import compact_json, machine_text

_MOST_CHILDREN = 20
_MOST_OBJECTS = 12
_MOST_ERROR_LINES = 12
_DURATION_CELLS = 8
# psql names the script and the line before each message.
_PSQL_PLACE = re.compile(r"^psql:(?P<file>.+?):(?P<line>\d+): (?:ERROR|FATAL|PANIC):", re.MULTILINE)
_STATUS_WORDS = {"COMPLETED": "in", "RUNNING": "for"}
_STATUS_MEANING = {
    "COMPLETED": Meaning.GOOD,
    "RUNNING": Meaning.RUNNING,
    "FAILED": Meaning.BAD,
}
# Every key that docs/model.md lists: shown at its own place, or a fact about machines that only --verbose
# shows. What is left is what somebody gave with --meta.
_NOT_META = """
    role application_name backend_pid transaction_id duration_us closed_by session_replication_role
    backend_type subscription replication_origin replicated log_source ingested_by log_session log_line
    client_host database log_is_forgeable counted_with spool_id spooled_because spooled_for lost_start
    claimed_user
    claimed_tenant claimed_client_ip checked_by user command_tag nesting_level object_count object_types
    objects_by_type extension_members client_statement statement_is_whole not_described
    depends_on_temporary dropped_objects privileges privilege_count privileges_from command exit_code
    signal command_duration_us stderr psql_errors sqlstate cause hint detail context position severity
    ticket reason environment approved_by client_address traceparent git_commit git_branch ci_run_url
    ci_actor encrypted statement object_digest pull_request emergency found_in review
"""
_PURPOSE = ("reason", "ticket", "pull_request")
_SAID_BY = {"commit": ", says the commit", "ci": ", says CI"}
_IN_RECORD = frozenset({"backend_pid", "transaction_id", "application_name"})


def draw_show(canvas: Canvas, parts: Parts, *, verbose: bool = False) -> None:
    """Draw one execution from the reports whose `part_of` is show.

    Args:
        parts: the rows of each report by its name; what is missing or empty draws nothing.
        verbose: also show versions, hashes, process ids and all metadata, and leave nothing out of a list.
    """
    execution = first_of(parts, "show_execution")
    metadata: Record = execution.get("metadata") or {}
    _draw_head(canvas, execution, parts.get("show_objects", ()))
    put_facts(canvas, _facts(canvas, execution, metadata))
    draw_review(canvas, metadata)
    _draw_command(canvas, execution, metadata)
    _draw_error(canvas, execution, metadata, parts.get("show_children", ()))
    _draw_touched(canvas, parts, verbose=verbose)
    _draw_children(canvas, execution, parts.get("show_children", ()), verbose=verbose)
    _draw_trace(canvas, parts.get("show_trace", ()), verbose=verbose)
    _draw_aftermath(canvas, execution, parts)
    _draw_secrets(canvas, parts)
    if verbose:
        _draw_record(canvas, execution, metadata, parts)
    canvas.put()
    canvas.foot(*([] if verbose else ["-v versions, hashes, pids"]), "--diff", "--format json")


def _draw_head(canvas: Canvas, execution: Record, objects: Sequence[Record]) -> None:
    status = execution.get("execution_status") or "?"
    took = _took(canvas, execution)
    words = f"{status} {_STATUS_WORDS.get(status, 'after')} {took}" if took else status
    state: Piece = (words, _STATUS_MEANING.get(status, Meaning.WARNING))
    key: list[Piece] = [execution.get("script_type") or "", "   "]
    key += [(short_key(execution.get("execution_key")), Meaning.KEY), " "]
    name = canvas.shown(_name(execution, objects))
    glyph = status_glyph(status)
    if canvas.length([" ", glyph, " ", name, "   ", state, "  ", *key]) <= canvas.width:
        canvas.put(" ", glyph, " ", (name, Meaning.STRONG), "   ", state, right=key)
    else:
        canvas.put_folded(3, name, Meaning.STRONG, [" ", glyph, " "])
        canvas.put("   ", state, right=key)
    canvas.rule()


def _name(execution: Record, objects: Sequence[Record]) -> str:
    name = str(execution.get("script_name") or "")
    is_captured = execution.get("script_type") in ("DDL_AUTO", "DDL_LOG")
    return f"{name} {objects[0]['object_identity']}" if is_captured and objects else name


def _took(canvas: Canvas, execution: Record) -> str:
    duration = execution.get("duration_ms")
    started = execution.get("execution_timestamp")
    if duration is None and execution.get("execution_status") == "RUNNING" and isinstance(started, datetime):
        duration = Decimal(int((canvas.now - started).total_seconds() * 1000))
    return "" if duration is None else short_duration(duration)


def _facts(canvas: Canvas, execution: Record, metadata: Record) -> list[tuple[str, str]]:
    commit = str(metadata.get("git_commit") or "")[:8]
    where = (
        metadata.get("environment"),
        execution.get("tenant") and f"tenant {execution['tenant']}",
        _approval(metadata),
        "@".join(filter(None, (str(metadata.get("git_branch") or ""), commit))),
    )
    known = _NOT_META.split()
    others = [
        f"{name}={value}"
        for name, value in metadata.items()
        if name not in known and isinstance(value, str | int | float) and not isinstance(value, bool)
    ]
    return [
        ("when", _when(canvas, execution.get("execution_timestamp"))),
        ("who", _who(execution, metadata)),
        ("from", _original(execution)),
        ("why", _joined(_emergency(metadata), *(metadata.get(key) for key in _PURPOSE))),
        ("where", _joined(*where)),
        ("in", short_key(execution["parent_key"]) if execution.get("parent_key") else ""),
        ("ci", " by ".join(str(metadata[name]) for name in ("ci_run_url", "ci_actor") if metadata.get(name))),
        ("meta", ", ".join(others)),
        ("class", ", ".join(execution.get("classes") or ())),
    ]


def _who(execution: Record, metadata: Record) -> str:
    """Return who ran it; the login of a replication worker did not decide to."""
    user, address = execution.get("db_session_user") or "", execution.get("client_ip")
    if metadata.get("replicated"):
        subscription = metadata.get("subscription")
        return f"replication{f', subscription {subscription}' if subscription else ''} (as {user})"
    role = metadata.get("session_replication_role")
    warning = f"  {WARNING} with session_replication_role = {role}" if role else ""
    return (f"{user} from {address}" if address else user) + warning


def _original(execution: Record) -> str:
    """Return what replication repeated here, where its record is here too."""
    if not execution.get("original_key"):
        return ""
    node = str(execution["original_source"]).partition("@")[2]
    return f"{short_key(execution['original_key'])} by {execution['original_user']} on {node}"


def _emergency(metadata: Record) -> str:
    return f"{WARNING} emergency" if metadata.get("emergency") is True else ""


def _approval(metadata: Record) -> str:
    """Return who approved the change, as was said, and by what, if it was no option."""
    if not metadata.get("approved_by"):
        return ""
    found_in = metadata.get("found_in")
    said_by = _SAID_BY.get(str(found_in.get("approved_by")), "") if isinstance(found_in, dict) else ""
    return f"approved by {metadata['approved_by']}{said_by}"


def _when(canvas: Canvas, moment: Any) -> str:
    if not isinstance(moment, datetime):
        return str(moment or "")
    local = moment.astimezone(canvas.zone)
    year = "" if local.year == canvas.now.astimezone(canvas.zone).year else f" {local.year}"
    day = f"{local:%a} {local.day} {local:%b}{year}"
    return f"{day} {canvas.clock(moment, seconds=True)} {canvas.zone_words}, {canvas.ago(moment)}"


def _draw_command(canvas: Canvas, execution: Record, metadata: Record) -> None:
    command = str(metadata.get("command") or execution.get("sql_command") or "").strip()
    if not command:
        return
    code = metadata.get("exit_code")
    ended = "" if code in (None, 0) else f"exit {code}"
    if "\n" not in command and canvas.length([command, ended]) + INDENT + 3 <= canvas.width:
        gap = " " * (INDENT - canvas.length(label("ran")))
        canvas.put(*label("ran"), gap, command, right=[(ended, Meaning.BAD), " "] if ended else ())
        return
    for number, line in enumerate(command.replace("\r\n", "\n").split("\n")):
        put_text(canvas, "" if number else "ran", line.rstrip() or " ")
    put_text(canvas, "", ended, Meaning.BAD)


def _draw_error(canvas: Canvas, execution: Record, metadata: Record, children: Sequence[Record]) -> None:
    message = str(execution.get("error_message") or "").strip()
    if not message:
        return
    canvas.put()
    place = _PSQL_PLACE.search(message)
    at = f"{place['file'].rsplit('/', 1)[-1]}:{place['line']}  " if place else ""
    state = metadata.get("sqlstate")
    cause = metadata.get("cause")
    if cause:
        put_text(canvas, "error", f"{at}{cause}" + (f" ({state})" if state else ""), Meaning.BAD)
    else:
        lines = message.split("\n")
        for number, line in enumerate(lines[:_MOST_ERROR_LINES]):
            put_text(canvas, "" if number else "error", line.rstrip() or " ", Meaning.BAD)
        if len(lines) > _MOST_ERROR_LINES:
            put_text(
                canvas, "", f"…{len(lines) - _MOST_ERROR_LINES} more lines: --format json", Meaning.FAINT
            )
    failed = next((child for child in children if child.get("execution_status") == "FAILED"), {})
    put_text(canvas, "", _one_line(metadata.get("statement") or failed.get("statement")))
    put_text(canvas, "hint", str(metadata.get("hint") or ""))
    put_text(canvas, "detail", str(metadata.get("detail") or ""))


def _draw_touched(canvas: Canvas, parts: Parts, *, verbose: bool) -> None:
    objects = parts.get("show_objects", ())
    # One object of a captured command is in the title.
    if len(objects) > 1:
        canvas.put()
        shown = objects if verbose else objects[:_MOST_OBJECTS]
        names = [
            f"{short_identity(row['object_identity'])} ({row['object_type']})"
            if row.get("object_type")
            else short_identity(row["object_identity"])
            for row in shown
        ]
        more = len(objects) - len(shown)
        put_text(canvas, "objects", ", ".join(names) + (f" and {more} more" if more else ""))
    for number, row in enumerate(parts.get("show_privileges", ())):
        put_text(canvas, "" if number else "rights", _privilege(row))


def _privilege(row: Record) -> str:
    signs = (
        ("gained", "+", ""), ("lost", "−", ""), ("grant_option_gained", "+", " with grant option"),
        ("grant_option_lost", "−", " grant option"), ("present", "", ""), ("named", "", ""),
    )  # fmt: skip
    words = [f"{sign}{name}{after}" for column, sign, after in signs for name in row.get(column) or ()]
    column = f" ({row['column_name']})" if row.get("column_name") else ""
    return f"{row['grantee']} {' '.join(words)} on {row['object_identity']}{column}"


def _draw_children(canvas: Canvas, execution: Record, children: Sequence[Record], *, verbose: bool) -> None:
    if not children:
        return
    canvas.put()
    done = sum(1 for child in children if child.get("execution_status") == "COMPLETED")
    is_over = execution.get("execution_status") not in (None, "RUNNING", "COMPLETED")
    words = "1 change" if done == 1 else f"{done} changes"
    committed = ", each committed" if is_over and done > 1 else ", committed" if is_over and done else ""
    put_text(canvas, "did", words + committed)
    shown = children if verbose else children[:_MOST_CHILDREN]
    for child in shown:
        _draw_child(canvas, child)
    if len(children) > len(shown):
        put_text(canvas, "", f"…{len(children) - len(shown)} more: -v lists them", Meaning.FAINT)


def _draw_trace(canvas: Canvas, others: Sequence[Record], *, verbose: bool) -> None:
    """Draw what else belongs to the trace, with where each was recorded: it may be another service."""
    if not others:
        return
    canvas.put()
    put_text(canvas, "trace", "1 other operation" if len(others) == 1 else f"{len(others)} other operations")
    shown = others if verbose else others[:_MOST_CHILDREN]
    for other in shown:
        duration = other.get("duration_ms")
        took = short_duration(duration) if duration is not None else ""
        before: list[Piece] = [" " * INDENT, status_glyph(other.get("execution_status")), " "]
        before += [took.rjust(_DURATION_CELLS), "  "]
        tenant = other.get("tenant") and f"tenant {other['tenant']}"
        by = clip(canvas.shown(_joined(other.get("application_name"), tenant)), canvas.width // 3)
        name = canvas.shown(str(other.get("script_name") or ""))
        room = canvas.width - canvas.length(before) - canvas.length([by]) - len(short_key("0" * 64)) - 6
        canvas.put(
            *before,
            clip(name, max(room, 8)),
            right=[by, "  ", (short_key(other.get("execution_key")), Meaning.KEY)],
        )
    if len(others) > len(shown):
        put_text(canvas, "", f"…{len(others) - len(shown)} more: -v lists them", Meaning.FAINT)


def _draw_child(canvas: Canvas, child: Record) -> None:
    duration = child.get("duration_ms")
    took = short_duration(duration) if duration is not None else ""
    objects = child.get("affected_objects") or ()
    what = _one_line(child.get("statement")) or " ".join(
        filter(None, (child.get("script_name"), *map(short_identity, objects[:1])))
    )
    source = "from the log  " if child.get("script_type") == "DDL_LOG" else ""
    before: list[Piece] = [" " * INDENT, status_glyph(child.get("execution_status")), " "]
    before += [took.rjust(_DURATION_CELLS), "  "]
    after: list[Piece] = [(source, Meaning.FAINT), (short_key(child.get("execution_key")), Meaning.KEY), " "]
    room = canvas.width - canvas.length(before) - canvas.length(after) - 2
    canvas.put(*before, clip(canvas.shown(what).rstrip(";"), max(room, 10)), right=after)


def _draw_aftermath(canvas: Canvas, execution: Record, parts: Parts) -> None:
    outcome, usual = first_of(parts, "show_outcome"), first_of(parts, "show_usual")
    waits = parts.get("show_waits", ())
    if not (outcome or usual or waits):
        return
    canvas.put()
    if outcome:
        _draw_outcome(canvas, outcome)
    for number, wait in enumerate(waits):
        put_text(canvas, "" if number else "waited", _wait(wait))
    if usual:
        _draw_usual(canvas, execution, usual)


def _draw_outcome(canvas: Canvas, outcome: Record) -> None:
    gap = " " * (INDENT - canvas.length(label("then")))
    if outcome.get("succeeded_key"):
        later = outcome.get("after_ms")
        when = canvas.time(outcome["succeeded_at"], seconds=True) if outcome.get("succeeded_at") else ""
        canvas.put(
            *label("then"), gap, (DONE, Meaning.GOOD), " ",
            (short_key(outcome["succeeded_key"]), Meaning.KEY),
            f"  succeeded {when}" + (f", {short_duration(later)} later" if later is not None else ""),
        )  # fmt: skip
    elif not outcome.get("resolved_by"):
        canvas.put(*label("then"), gap, ("not seen to succeed since", Meaning.WARNING))
    if outcome.get("resolved_by"):
        when = f", {canvas.time(outcome['resolved_at'])}" if outcome.get("resolved_at") else ""
        reason = f": {outcome['reason']}" if outcome.get("reason") else ""
        put_text(canvas, "closed", f"by {outcome['resolved_by']}{when}{reason}")
    left = ", ".join(map(short_identity, outcome.get("left_behind") or ()))
    put_text(canvas, "left", f"behind: {left}" if left else "", Meaning.WARNING)


def _wait(wait: Record) -> str:
    waited = wait.get("waited_ms")
    words = [short_duration(waited)] if waited is not None else []
    words += [f"for {wait['lock_mode']}"] if wait.get("lock_mode") else []
    words += [f"on {short_identity(wait['object_identity'])}"] if wait.get("object_identity") else []
    # PostgreSQL has this in place of a statement that the role may not see.
    holder = (wait.get("holder") or "").removesuffix(": <insufficient privilege>")
    return " ".join(words) + (f"; held by {holder}" if holder else "")


def _draw_usual(canvas: Canvas, execution: Record, usual: Record) -> None:
    since, started = usual.get("since"), execution.get("execution_timestamp")
    span = "90 days"
    if isinstance(since, datetime) and isinstance(started, datetime):
        days = (started - since).days
        span = f"{days} days" if days > 1 else "a day"
    text = (
        f"{usual['subject']}: {short_duration(usual['p50_ms'])} (p50), "
        f"{short_duration(usual['p95_ms'])} (p95) of {usual['executions']:,} in {span}"
    )
    duration = execution.get("duration_ms")
    is_slow = duration is not None and duration > usual["p95_ms"]
    put_text(canvas, "usual", text + (f"  {WARNING} this one took longer" if is_slow else ""))


def _draw_secrets(canvas: Canvas, parts: Parts) -> None:
    for number, row in enumerate(parts.get("show_secrets", ())):
        words = [str(value) for value in row.values() if value is not None]
        put_text(canvas, "" if number else "secret", " ".join(words))


def _draw_record(canvas: Canvas, execution: Record, metadata: Record, parts: Parts) -> None:
    canvas.put()
    facts = [f"{name} {metadata[name]}" for name in sorted(_IN_RECORD & metadata.keys())]
    put_text(canvas, "key", machine_text(execution.get("execution_key")))
    put_text(canvas, "name", str(execution.get("business_key") or ""))
    put_text(canvas, "by", str(execution.get("record_source") or ""))
    put_text(canvas, "session", ", ".join(facts))
    for number, version in enumerate(parts.get("show_versions", ())):
        written = machine_text(version.get("load_date"))
        # Counted from 1: their numbers are of a sequence of the whole database.
        text = f"{number + 1}  {version['execution_status']}  written {written}"
        put_text(canvas, "" if number else "version", f"{text}  hash {machine_text(version['hash_diff'])}")
    put_text(canvas, "meta", compact_json(metadata) if metadata else "")


def _one_line(text: Any) -> str:
    return " ".join(str(text or "").split())


def _joined(*words: Any) -> str:
    return DOT.join(str(word) for word in words if word)
