"""Draw the live screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbtrack.activity.snapshot import Details, Ended, Facts, Holder, LastHour, Running, Snapshot, Wait
from dbtrack.activity.view import View
from dbtrack.render.screens.canvas import ARROW, RUNNING, WARNING, Canvas, Meaning, Piece, status_glyph
from dbtrack.render.screens.shortening import (
    KEY_DIGITS,
    cells,
    clip,
    clip_middle,
    short_duration,
    short_identity,
    short_key,
)
from dbtrack.render.sparkline import sparkline

_KEYS = (
    "↑↓ choose",
    "⏎ more",
    "f failed",
    "u user",
    "o object",
    "t tenant",
    "/ grep",
    "p pause",
    "q quit",
    "? keys",
)
_HELP = (
    ("↑ ↓ k j", "choose an execution"),
    ("Enter", "its error, what it did, and what came after"),
    ("d", "dbtrack diff of what it changed"),
    ("y", "copy its key to the clipboard of the terminal"),
    ("f", "only what failed"),
    ("u o t /", "only a user, an object, a tenant, a text; empty: all"),
    ("Esc", "close what is open, or take the filters away"),
    ("s + -", "every how many seconds"),
    ("p Space", "pause"),
    ("r", "read now"),
    ("q Ctrl-C", "quit"),
)
_NARROW = 80
_WIDE = 96
_ROOM_FOR_ALL = 50


@dataclass(frozen=True)
class Frame:
    """What is drawn at one moment.

    Args:
        snapshot: None before the first one.
        details: of the chosen execution.
        trouble: why the snapshot is not fresh; empty if it is.
        spooled: how many records wait in the spool of this machine.
        height: the lines of the screen; None for any number.
    """

    snapshot: Snapshot | None
    view: View
    details: Details | None = None
    trouble: str = ""
    spooled: int = 0
    height: int | None = None


def draw(canvas: Canvas, frame: Frame) -> None:
    """Write the screen, line by line."""
    snapshot, view = frame.snapshot, frame.view
    if snapshot is None:
        canvas.head("dbtrack top", frame.trouble or "connecting")
        return
    _draw_head(canvas, snapshot, view)
    if frame.trouble:
        canvas.put(" ", (f"{WARNING} {frame.trouble}", Meaning.BAD))
    if view.has_help:
        for keys, meaning in _HELP:
            canvas.put(f"  {keys:<10}", (meaning, Meaning.FAINT))
        return
    canvas.put(" ", ("RUNNING", Meaning.STRONG), right=[("elapsed   usual p95  ", Meaning.FAINT)])
    for running in snapshot.running:
        _draw_running(canvas, running)
    if not snapshot.running:
        canvas.put("   ", ("nothing runs", Meaning.FAINT))
    canvas.put("")
    _draw_lately(canvas, frame, snapshot.lately)
    canvas.put("")
    _draw_last_hour(canvas, snapshot, frame.spooled)


def _draw_lately(canvas: Canvas, frame: Frame, lately: Sequence[Ended]) -> None:
    view = frame.view
    words = _filter_words(view)
    canvas.put(" ", ("LATELY", Meaning.STRONG), words and f"  {words}", right=[("/ filter ", Meaning.FAINT)])
    for number, ended in enumerate(lately):
        is_chosen = number == view.chosen and frame.height is not None
        _draw_ended(canvas, ended, is_chosen=is_chosen)
        if is_chosen and view.is_open and frame.details:
            _draw_details(canvas, frame.details)
    if not lately:
        canvas.put_folded(3, _empty_words(frame.snapshot, has_filter=bool(words)), Meaning.FAINT)


def _empty_words(snapshot: Snapshot | None, *, has_filter: bool) -> str:
    if snapshot is not None and snapshot.facts.sees_nothing:
        return "this login has no tenant, so it sees nothing; an administrator can run: dbtrack tenant grant"
    return f"nothing ended in 7 days{' with this filter' if has_filter else ''}"


def draw_foot(canvas: Canvas, view: View) -> None:
    """Write the last line: the question that is open, a notice, or the keys."""
    if view.question is not None:
        canvas.put(
            " ",
            (f"{view.question.value}: ", Meaning.STRONG),
            clip(canvas.shown(view.typed), canvas.width - 30),
            "_",
        )
    elif view.notice:
        canvas.put(" ", (clip(canvas.shown(view.notice), canvas.width - 2), Meaning.WARNING))
    else:
        canvas.foot(*_KEYS)


def _draw_head(canvas: Canvas, snapshot: Snapshot, view: View) -> None:
    facts = snapshot.facts
    place = f"{facts.database}@{facts.host or 'local'}:{facts.port}"
    role = "standby" if facts.is_standby else "primary"
    state = "paused" if view.is_paused else f"every {view.seconds:g} s"
    counts = f"{len(snapshot.running)} running" + (
        f", {snapshot.waiting} waiting" if snapshot.waiting else ""
    )
    canvas.head(
        "dbtrack top",
        place,
        f"{facts.server_version.split(' ')[0]} {role}",
        f"{canvas.clock(snapshot.taken_at, seconds=True)} {canvas.zone_words}",
        state,
        counts,
    )


def _draw_running(canvas: Canvas, running: Running) -> None:
    is_late = running.usual_ms is not None and running.elapsed_ms > running.usual_ms
    usual = short_duration(running.usual_ms) if running.usual_ms is not None else "-"
    right: list[Piece] = [
        (f"{short_duration(running.elapsed_ms):>9}", Meaning.BAD if is_late else Meaning.PLAIN),
        f"  {usual:>8}{' !' if is_late else '  '}",
    ]
    key = short_key(running.key) if running.key else " " * KEY_DIGITS
    name = running.name or (running.sessions[0].statement if running.sessions else "") or "DDL"
    words = clip(canvas.shown("  ".join(filter(None, (running.ticket, running.login, running.tenant)))), 30)
    left: list[Piece] = [" ", (RUNNING, Meaning.RUNNING), f" {key}  "]
    # The canvas keeps two cells free before what stands at the right edge.
    room = canvas.width - canvas.length(left) - canvas.length(right) - 2
    shown = canvas.shown(" ".join(name.split()))
    is_one_line = cells(shown) + cells(words) + 2 <= room or room > _ROOM_FOR_ALL
    if is_one_line:
        shown, beside = clip_middle(shown, room - cells(words) - 2), f"  {words}"
    else:
        shown, beside = clip_middle(shown, room), ""
    canvas.put(*left, (shown, Meaning.STRONG), beside, right=right)
    if not is_one_line:
        canvas.put(" " * canvas.length(left), words)
    for session in running.sessions:
        if running.name and session.statement:
            canvas.put("      └ ", clip(canvas.shown(" ".join(session.statement.split())), canvas.width - 9))
        if session.wait:
            canvas.put_folded(8, _wait_words(session.wait), Meaning.WARNING)


def _wait_words(wait: Wait) -> str:
    waited = f" for {short_duration(wait.waited_ms)}" if wait.waited_ms is not None else ""
    held = "; held by " + " and ".join(map(_holder_words, wait.holders)) if wait.holders else ""
    return f"waits{waited} for {wait.lock_mode} on {wait.object_identity}{held}"


def _holder_words(holder: Holder) -> str:
    known = ", ".join(filter(None, (holder.application, holder.state)))
    who = f"{holder.login or 'unknown login'} (pid {holder.pid}{f', {known}' if known else ''})"
    statement = " ".join((holder.statement or "").split())
    return f'{who}: "{clip(statement, 120)}"' if statement else who


def _draw_ended(canvas: Canvas, ended: Ended, *, is_chosen: bool) -> None:
    right: list[Piece] = [f"{_duration_words(ended):>9}  {short_key(ended.key)} "]
    mark: Piece = ("▸", Meaning.KEY) if is_chosen else " "
    name_width, login_width = (16, 8) if canvas.width < _WIDE else (24, 12)
    name = clip_middle(canvas.shown(ended.name), name_width)
    login = clip(canvas.shown(ended.login), login_width)
    left: list[Piece] = [
        " ",
        mark,
        " ",
        status_glyph(ended.status),
        f" {canvas.time(ended.started_at, seconds=canvas.width >= _NARROW)} ",
        (name + " " * (name_width - cells(name)), Meaning.STRONG if is_chosen else Meaning.PLAIN),
        f" {login}{' ' * (login_width - cells(login))} ",
    ]
    # The canvas keeps two cells free before what stands at the right edge.
    room = canvas.width - canvas.length(left) - canvas.length(right) - 2
    if room > 6:
        left.append(clip(canvas.shown(_what(ended)), room))
    canvas.put(*left, right=right)


def _what(ended: Ended) -> str:
    """Return what is most worth knowing of it in one line."""
    changes = (
        f"{ended.change_count} change{'s' if ended.change_count != 1 else ''}" if ended.change_count else ""
    )
    if ended.status != "COMPLETED":
        error = " ".join((ended.error or ended.status.lower()).split())
        stay = f"{changes} stay{'s' if ended.change_count == 1 else ''}" if changes else ""
        return " · ".join(filter(None, (f"{ended.sqlstate or ''} {error}".strip(), stay, ended.tenant)))
    objects = (
        short_identity(ended.objects[0]) + (f" +{len(ended.objects) - 1}" if len(ended.objects) > 1 else "")
        if ended.objects
        else ""
    )
    waited = f"{short_duration(ended.waited_ms)} of it a lock" if ended.waited_ms else ""
    return " · ".join(filter(None, (objects or changes, ended.ticket, waited, ended.tenant)))


def _duration_words(ended: Ended) -> str:
    return short_duration(ended.duration_ms) if ended.duration_ms is not None else "-"


def _draw_details(canvas: Canvas, details: Details) -> None:
    for label, text in _detail_lines(details):
        canvas.put_folded(13, text, first=["     ", (label, Meaning.FAINT)])


def _detail_lines(details: Details) -> list[tuple[str, str]]:
    error = [line for line in (details.error_message or "").splitlines() if line.strip()]
    then = (
        f"{ARROW} {short_key(details.succeeded_key)} succeeded, {short_duration(details.after_ms or 0)} later"
        if details.succeeded_key
        else ""
    )
    if details.error_message and not then:
        then = (
            f"resolved by {details.resolved_by}: {details.reason}"
            if details.resolved_by
            else "not seen to succeed since"
        )
    lines = (
        ("error", error[0] if error else ""),
        ("ran", " ".join((details.statement or "").split())),
        ("objects", ", ".join(map(short_identity, details.objects[:10]))),
        ("did", " · ".join(details.changes)),
        ("left", ", ".join(map(short_identity, details.left_behind or ()))),
        ("waited", details.waits or ""),
        ("then", then),
    )
    return [(label, text[:600]) for label, text in lines if text]


def _draw_last_hour(canvas: Canvas, snapshot: Snapshot, spooled: int) -> None:
    hour, facts = snapshot.last_hour, snapshot.facts
    pieces: list[Piece] = [
        " last hour  ops ",
        sparkline(hour.operations),
        "  failed ",
        (sparkline(hour.failed), Meaning.BAD if any(hour.failed) else Meaning.PLAIN),
    ]
    more = _health_pieces(hour, facts, spooled)
    if canvas.length(pieces) + canvas.length(more) > canvas.width:
        canvas.put(*pieces)
        canvas.put(" ", *more)
    else:
        canvas.put(*pieces, *more)


def _health_pieces(hour: LastHour, facts: Facts, spooled: int) -> list[Piece]:
    p95 = f"  p95 {short_duration(hour.p95_ms)}" if hour.p95_ms is not None else ""
    rollup = "never" if facts.rollup_seconds is None else short_duration(facts.rollup_seconds * 1000)
    return [
        f"{p95}  capture ",
        status_glyph(facts.capture_status),
        "  spool ",
        (str(spooled), Meaning.WARNING if spooled else Meaning.PLAIN),
        f"  rollup {rollup}",
    ]


def _filter_words(view: View) -> str:
    filters = view.filters
    parts = (
        "failed" if filters.failed else "",
        f"user {filters.user}" if filters.user else "",
        f"object {filters.object}" if filters.object else "",
        f"tenant {view.tenant}" if view.tenant else "",
        f"/{filters.grep}" if filters.grep else "",
    )
    return " · ".join(filter(None, parts))
