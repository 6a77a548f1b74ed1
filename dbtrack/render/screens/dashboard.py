"""The screen of `dbtrack dashboard`: numbers, state, days, what needs somebody, and who did what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from dbtrack.render.readable import number, percentage
from dbtrack.render.screens.canvas import DONE, FAILED, Canvas, Meaning, Piece, status_glyph
from dbtrack.render.screens.layout import Line, bar, clipped, clipped_name, padded, put_beside, put_flowing
from dbtrack.render.screens.shortening import short_duration, short_identity, short_key
from dbtrack.reports.overview import Busy, Cause, Check, Day, Overview, Slow

_WIDE = 96
_MOST_OPEN = 6
_MOST_REPAIRED = 2
_KEY_CELLS = 8
_TIME_CELLS = 5
_UP, _DOWN = "▲", "▼"
_LAST_SEALED = re.compile(r"last sealed (?:(\d+) days? ?)?(?:(\d+):(\d\d):(\d\d))? ago")
# What the server logs as the login of a session that has none yet.
_UNKNOWN = "[unknown]"


def draw_dashboard(canvas: Canvas, place: str, overview: Overview) -> None:
    """Draw the last 24 hours.

    Args:
        place: which database it is.
    """
    role = "standby" if overview.is_standby else "primary"
    until = overview.read_at.astimezone(canvas.zone)
    window = f"24 h to {until:%a} {until.day} {until:%b} {until:%H:%M} {canvas.zone_words}"
    canvas.head(place, f"PostgreSQL {overview.server_version.split()[0]} {role}", right=window)
    _draw_numbers(canvas, overview)
    canvas.put()
    put_flowing(canvas, 2, _state(canvas, overview))
    canvas.put()
    _draw_days(canvas, overview.days)
    _draw_needs(canvas, overview)
    _draw_lists(canvas, overview)
    canvas.put()
    first = next((item.execution_key for item in overview.needs if isinstance(item, Cause)), None)
    hints = [f"show {short_key(first)}"] if first else []
    canvas.foot(
        *hints, "errors", "history", "dashboard --watch 2", "--check exits 1 while something needs you"
    )


def _draw_numbers(canvas: Canvas, overview: Overview) -> None:
    cells = _numbers(overview)
    a_line = len(cells) if canvas.width >= _WIDE else 3
    width = (canvas.width - 2) // a_line
    if canvas.length([cells[0][0][0]]) >= width:
        cells[0] = ((cells[0][0][0].replace("operations", "ops"), Meaning.STRONG), cells[0][1])
    for start in range(0, len(cells), a_line):
        shown = cells[start : start + a_line]
        for part in (0, 1):
            row: list[Piece] = ["  "]
            for cell in shown:
                text, meaning = cell[part]
                row.append(clipped(canvas, text, width - 1, meaning))
                row.append(" ")
            canvas.put(*row)


Number = tuple[tuple[str, Meaning], tuple[str, Meaning]]


def _numbers(overview: Overview) -> list[Number]:
    now, before = overview.metrics, overview.before
    failed, rate = now.get("failed_operations_24h"), now.get("success_rate_24h")
    p95, longest = now.get("p95_duration_ms"), now.get("max_duration_ms")
    was = before.get("success_rate")
    running = overview.running[0] if overview.running else ""
    slowest = overview.slowest[0].name if overview.slowest else ""
    count = int(now.get("running_operations") or 0)
    return [
        (
            (f"{number(now.get('total_operations_24h') or 0)} operations", Meaning.STRONG),
            (_change(now.get("total_operations_24h"), before.get("operations")), Meaning.FAINT),
        ),
        (
            (f"{percentage(rate)} ok" if rate is not None else "nothing ended", Meaning.STRONG),
            (f"was {percentage(was)}" if was is not None else "", Meaning.FAINT),
        ),
        (
            (f"{number(failed or 0)} failed", Meaning.BAD if failed else Meaning.GOOD),
            (_difference(failed, before.get("failed")), Meaning.FAINT),
        ),
        ((f"{count} running", Meaning.RUNNING if count else Meaning.PLAIN), (running, Meaning.FAINT)),
        (
            (f"p95 {short_duration(p95)}" if p95 is not None else "p95 -", Meaning.STRONG),
            (_change(p95, before.get("p95_ms")), Meaning.FAINT),
        ),
        (
            (f"max {short_duration(longest)}" if longest is not None else "max -", Meaning.STRONG),
            (slowest, Meaning.FAINT),
        ),
    ]


def _change(now: Decimal | None, before: Decimal | None) -> str:
    if now is None or not before:
        return ""
    share = round(100 * (now - before) / before)
    return f"{_UP if share > 0 else _DOWN} {abs(share):,} %" if share else "as before"


def _difference(now: Decimal | None, before: Decimal | None) -> str:
    if now is None or before is None:
        return ""
    more = int(now - before)
    return f"{_UP if more > 0 else _DOWN} {abs(more):,}" if more else "as before"


def _state(canvas: Canvas, overview: Overview) -> list[Line]:
    checks = {check.metric: check for check in overview.checks}
    capture = [check for check in overview.checks if check.category == "capture"]
    size = checks.get("tracking_size")
    ahead = checks.get("partitions_ahead")
    return [
        _capture(capture, checks.get("capture_failures")),
        _sealed(checks.get("seal_lag")),
        ["log ", *_seen(canvas, overview.log_read_at)],
        ["baseline ", *_seen(canvas, overview.baseline_at)],
        [", ".join(check.details.split(";")[0] for check in (size, ahead) if check)],
    ]


def _capture(checks: Sequence[Check], failures: Check | None) -> Line:
    worst = next(
        (check for status in ("CRITICAL", "WARNING") for check in checks if check.status == status), None
    )
    # Unrecorded commands of the past do not mean that capture is off now.
    if worst is not None and worst is not failures:
        return ["capture ", status_glyph(worst.status), " ", worst.metric.replace("_", " ")]
    lost = failures.details.split()[0] if failures else "0"
    glyph = status_glyph("WARNING" if worst else "OK")
    return ["capture ", glyph, f" on, {lost} lost" if lost.isdigit() else " on"]


def _sealed(check: Check | None) -> Line:
    if check is None:
        return ["sealed ", status_glyph("UNKNOWN")]
    if check.details.startswith("nothing is sealed"):
        return ["sealed ", (FAILED, Meaning.WARNING), " never"]
    age = _LAST_SEALED.search(check.details)
    if age is None:
        return ["sealed ", status_glyph(check.status), " held back"]
    days, hours, minutes, seconds = (int(part or 0) for part in age.groups())
    total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return [
        "sealed ",
        status_glyph(check.status),
        f" {short_duration(1000 * total)} ago" if total else " just now",
    ]


def _seen(canvas: Canvas, moment: datetime | None) -> list[Piece]:
    if moment is None:
        # Never, or the role may not see it.
        return [("–", Meaning.FAINT), " not seen"]
    return [(DONE, Meaning.GOOD), f" {canvas.time(moment)}"]


def _draw_days(canvas: Canvas, days: Sequence[Day]) -> None:
    # The columns of both lines stand below each other.
    digits = len(f"{max((day.executions for day in days), default=0):,}")
    for name, values in (
        ("ops", [day.executions for day in days]),
        ("failed", [day.failures for day in days]),
    ):
        most = max(values, default=0)
        names = [f"{day.day:%a}" for day in days[:-1]] + ["now"]
        cells = [
            f"{when} {bar(value, most)} {value:>{digits},}" for when, value in zip(names, values, strict=True)
        ]
        line = f"  {name:<9}" + "  ".join(cells)
        if canvas.length([line]) > canvas.width:
            bars = "".join(bar(value, most) for value in values)
            line = f"  {name:<9}{bars}  {names[0]} to now: {sum(values):,}, now {values[-1]:,}"
        canvas.put(line)


def _draw_needs(canvas: Canvas, overview: Overview) -> None:
    canvas.put()
    needs, repaired = overview.needs, overview.repaired[:_MOST_REPAIRED]
    if not needs:
        canvas.put("  ", (DONE, Meaning.GOOD), " ", ("NOTHING NEEDS YOU", Meaning.STRONG))
    else:
        canvas.put("  ", ("NEEDS YOU", Meaning.STRONG))
    causes = [item for item in needs if isinstance(item, Cause)]
    has_tenants = any(cause.tenants for cause in (*causes, *repaired))
    for check in (item for item in needs if isinstance(item, Check)):
        before: list[Piece] = ["  ", status_glyph(check.status), f" {check.metric.replace('_', ' ')}  "]
        canvas.put_folded(canvas.length(before), check.details, first=before)
    for cause in causes[:_MOST_OPEN]:
        _draw_cause(canvas, cause, (FAILED, Meaning.BAD), _error(cause), with_tenant=has_tenants)
    more = len(causes) - _MOST_OPEN + overview.more_causes
    if more > 0 and causes:
        canvas.put(f"    …{more} more: dbtrack errors")
    for cause in repaired:
        when = canvas.time(cause.repaired_at) if cause.repaired_at else ""
        text = f"{cause.sqlstate or 'failed'}, but succeeded {when}"
        _draw_cause(canvas, cause, (DONE, Meaning.GOOD), text, with_tenant=has_tenants)


def _error(cause: Cause) -> str:
    text = " ".join(cause.error.split())
    return f"{cause.sqlstate} {text}" if cause.sqlstate else text


def _draw_cause(canvas: Canvas, cause: Cause, glyph: Piece, error: str, *, with_tenant: bool) -> None:
    times = f" ×{cause.occurrences}" if cause.occurrences > 1 else ""
    user = f" ({_first(cause.users)})" if cause.users else ""
    before: list[Piece] = ["  ", glyph, " ", _padded_time(canvas, cause.last_seen), "  "]
    key: Piece = (short_key(cause.execution_key), Meaning.KEY)
    room = canvas.width - canvas.length(before) - _KEY_CELLS - 1
    tenant = f"  {_first(cause.tenants)}" if with_tenant and cause.tenants else ""
    name = f"{cause.name}{times}{user}"
    if canvas.width < _WIDE:
        canvas.put(*before, clipped_name(canvas, f"{name}{tenant}", room - 1), " ", key)
        canvas.put_folded(canvas.length(before), error)
        return
    name_cells, tenant_cells = room * 5 // 12, 11 if with_tenant else 0
    canvas.put(
        *before,
        clipped_name(canvas, name, name_cells), " ",
        clipped(canvas, tenant.strip(), tenant_cells),
        clipped(canvas, error, room - name_cells - tenant_cells - 2), " ", key,
    )  # fmt: skip


def _padded_time(canvas: Canvas, moment: datetime) -> str:
    # Within 24 hours the time of day is clear.
    return f"{canvas.clock(moment):<{_TIME_CELLS}}"


def _first(names: Sequence[str]) -> str:
    known = [name for name in names if name != _UNKNOWN] or names
    return known[0] + (f" +{len(known) - 1}" if len(known) > 1 else "")


def _draw_lists(canvas: Canvas, overview: Overview) -> None:
    width = canvas.width - 2
    since = overview.counted_since
    is_part = since is not None and since > overview.read_at - timedelta(days=1)
    day = f"since {canvas.time(since)}" if since is not None and is_part else "24 h"
    span = "7 d" if since is None else f"since {canvas.time(since)}"
    blocks = []
    if canvas.width >= _WIDE:
        slow, objects = width * 43 // 100, width * 33 // 100
        blocks.append(
            [
                (slow, _slowest(canvas, overview.slowest, slow - 2)),
                (objects, _busiest(canvas, overview.objects, objects - 2, span)),
                (width - slow - objects, _people(canvas, overview.people, width - slow - objects, day)),
            ]
        )
    else:
        half = width * 56 // 100
        blocks.append([(width, _slowest(canvas, overview.slowest, width))])
        blocks.append(
            [
                (half, _busiest(canvas, overview.objects, half - 2, span)),
                (width - half, _people(canvas, overview.people, width - half, day)),
            ]
        )
    for row in blocks:
        shown = [(cells, lines) for cells, lines in row if lines]
        if shown:
            canvas.put()
            put_beside(canvas, [(2, [[" "]]), *shown])


def _slowest(canvas: Canvas, slowest: Sequence[Slow], width: int) -> list[Line]:
    if not slowest:
        return []
    user_cells = min(10, max(len(row.user) for row in slowest))
    name_cells = width - 8 - 2 - user_cells - 2 - _TIME_CELLS - 1
    return [
        [("SLOWEST, 24 h", Meaning.STRONG)],
        *(
            [
                f"{short_duration(row.duration_ms):>8}  ", clipped_name(canvas, row.name, name_cells), " ",
                clipped_name(canvas, row.user, user_cells), " ", _padded_time(canvas, row.started),
            ]
            for row in slowest
        ),
    ]  # fmt: skip


def _busiest(canvas: Canvas, objects: Sequence[Busy], width: int, span: str) -> list[Line]:
    if not objects:
        return []
    digits = max(len(f"{row.executions:,}") for row in objects)
    return [
        [clipped(canvas, f"BUSIEST OBJECTS, {span}", width, Meaning.STRONG)],
        *(
            [
                f"{row.executions:>{digits},}  ",
                clipped_name(canvas, short_identity(row.name), width - digits - 2),
            ]
            for row in objects
        ),
    ]


def _people(canvas: Canvas, people: Sequence[Busy], width: int, span: str) -> list[Line]:
    if not people:
        return []
    digits = max(3, *(len(f"{row.executions:,}") for row in people))
    name_cells = width - digits - 9
    rows: list[Line] = [
        [
            clipped_name(canvas, row.name, name_cells),
            f" {row.executions:>{digits},}",
            (f"{row.failures:>8,}" if row.failures else "", Meaning.BAD),
        ]
        for row in people[:5]
    ]
    title = padded(canvas, [clipped(canvas, f"PEOPLE, {span}", name_cells, Meaning.STRONG)], name_cells + 1)
    return [[*title, f"{'ops':>{digits}}  failed"], *rows]
