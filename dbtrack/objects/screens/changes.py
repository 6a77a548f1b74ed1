"""The screens of ``dbtrack log`` and ``dbtrack diff``: what changed, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from dbtrack.objects.model import ObjectDifference
from dbtrack.objects.words import ADDED, CHANGED, REMOVED, Words, object_words, summary, version_words
from dbtrack.render.screens.canvas import Canvas, Meaning, Piece
from dbtrack.render.screens.shortening import cells, clip, clip_middle, short_identity, short_key

_MEANINGS = {ADDED: Meaning.GOOD, REMOVED: Meaning.BAD, CHANGED: Meaning.WARNING}
_HEADINGS = {
    "column": "columns",
    "constraint": "constraints",
    "index": "indexes",
    "trigger": "triggers",
    "policy": "policies",
    "rule": "rules",
    "grant": "privileges",
    "comment": "comments",
}
_WIDEST_NAME = 32

Row = Mapping[str, Any]


def write_log(
    canvas: Canvas, title: Sequence[str], rows: Iterable[Row], object_type: str, *, with_differences: bool
) -> int:
    """Write the versions of an object, the latest first, and return how many.

    Args:
        rows: of the report log, by column name.
        with_differences: write what each version changed, line by line, as `git log -p` does.
    """
    canvas.head(*title, right=canvas.zone_words)
    count = 0
    for row in rows:
        words = version_words(row["changes"], object_type)
        _write_version(canvas, row, words, with_differences=with_differences)
        count += 1
    if count == 0:
        canvas.put(" no version in this window")
    canvas.foot("-p with differences", "dbtrack diff OBJECT VERSION VERSION", "dbtrack show KEY")
    return count


def _write_version(canvas: Canvas, row: Row, words: Sequence[Words], *, with_differences: bool) -> None:
    who = str(row["script_name"] or row["cause"])
    user = f" {row['db_session_user']}" if row["db_session_user"] else ""
    ticket = f" {row['ticket']}" if row["ticket"] else ""
    left = f" {row['version']:>4}  {canvas.time(row['changed_at'], seconds=True):<15}"
    right = f"{clip_middle(canvas.shown(who), 24)}{ticket}{user}  "
    key = short_key(row["execution_key"])
    told = canvas.shown(_cause(row) + summary(words))
    room = canvas.width - cells(left) - cells(canvas.shown(right)) - len(key) - 4
    tail: list[Piece] = [right, (key, Meaning.KEY)]
    if room >= 20:
        canvas.put(left, "  ", clip(told, room), right=tail)
    else:
        canvas.put(left, right=tail)
        canvas.put("       ", clip(told, canvas.width - 8))
    if with_differences:
        _write_words(canvas, words, indent=8)


def _cause(row: Row) -> str:
    match row["cause"]:
        case "baseline":
            return "was there before the record: "
        case "follows":
            return "follows a renaming: "
        case "reconcile":
            return "made unseen: "
        case _:
            return ""


def write_differences(canvas: Canvas, title: Sequence[str], found: Iterable[ObjectDifference]) -> int:
    """Write what differs, object by object, and return in how many objects."""
    canvas.head(*title, right=canvas.zone_words)
    count = 0
    for difference in found:
        words = object_words(difference)
        if words:
            _write_object(canvas, difference, words)
            count += 1
    if count == 0:
        canvas.put(" no difference")
    canvas.foot("--format sql", "--format unified", "--format json")
    return count


def _write_object(canvas: Canvas, difference: ObjectDifference, words: Sequence[Words]) -> None:
    identity = short_identity(difference.new_identity)
    old = difference.old_identity
    name = f"{short_identity(old)} → {identity}" if old and old != difference.new_identity else identity
    whole = words[0] if words[0].kind == "object" else None
    sign: list[Piece] = [(f"{whole.sign} ", _MEANINGS[whole.sign])] if whole else []
    told = f" {whole.text}" if whole else ""
    makers = _makers(difference)
    head = clip_middle(canvas.shown(f"{difference.object_type} {name}{told}"), canvas.width - 4)
    canvas.put(
        " ",
        *sign,
        (head, Meaning.STRONG),
        right=[(clip(canvas.shown(makers), canvas.width - 2), Meaning.FAINT), " "],
    )
    _write_words(canvas, words[1:] if whole else words, indent=3)


def _makers(difference: ObjectDifference) -> str:
    """Return by which operations and logins an object was changed, each once, and the last key."""
    names = dict.fromkeys(
        " ".join(filter(None, (part.script_name, part.user))) for part in difference.parts if part.script_name
    )
    keys = [part.execution_key for part in difference.parts if part.execution_key is not None]
    shown = list(names)[:3] + ([f"{len(names) - 3} more"] if len(names) > 3 else [])
    return ", ".join(shown) + (f"  {short_key(keys[0])}" if len(set(keys)) == 1 else "")


def _write_words(canvas: Canvas, words: Sequence[Words], *, indent: int) -> None:
    width = min(max((cells(canvas.shown(each.name)) for each in words), default=0), _WIDEST_NAME)
    for kind, group in groupby(words, key=lambda each: each.kind):
        heading = _HEADINGS.get(kind)
        if heading and kind != "column":
            canvas.put(" " * indent, (heading, Meaning.FAINT))
        for each in group:
            _write_one(canvas, each, indent, width)


def _write_one(canvas: Canvas, words: Words, indent: int, width: int) -> None:
    name = clip_middle(canvas.shown(words.name), width)
    before: list[Piece] = [" " * indent, (f"{words.sign} ", _MEANINGS[words.sign]), name]
    canvas.put_folded(indent + width + 4, words.text or " ", first=before)
    for line in words.lines:
        meaning = {"+": Meaning.GOOD, "-": Meaning.BAD}.get(line[:1], Meaning.PLAIN)
        canvas.put(" " * (indent + 2), (clip(canvas.shown(line), canvas.width - indent - 2), meaning))
