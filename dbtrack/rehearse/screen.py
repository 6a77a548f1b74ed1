"""Draw a rehearsal for people."""

from __future__ import annotations

from dbtrack.objects.words import object_words
from dbtrack.predict.gates import ERROR
from dbtrack.predict.screen import StatementScreen
from dbtrack.rehearse.model import Rehearsal, Rehearsed
from dbtrack.rehearse.words import headline, on_copy, told
from dbtrack.render.screens.canvas import DONE, FAILED, WARNING, Canvas, Meaning

_MOST_OBJECTS = 40


def draw(found: Rehearsal, canvas: Canvas) -> None:
    """Write the screen of a rehearsal."""
    canvas.head("rehearse", found.database, found.server, right=f"a copy of {found.origin}")
    bad = found.has_failed or bool(found.findings)
    canvas.put(
        " ", (FAILED, Meaning.BAD) if bad else (DONE, Meaning.GOOD), " ", (headline(found), Meaning.STRONG)
    )
    canvas.put_folded(3, f"{told(found)}; {found.facts or 'nothing is known of production'}", Meaning.FAINT)
    if found.error:
        canvas.put_folded(3, found.error, Meaning.BAD)
    for each in found.statements:
        canvas.put()
        _statement(each, canvas)
    _differences(found, canvas)
    _remarks(found, canvas)
    # Where it ran, if not on the copy, is not known.
    where = () if found.error else ("nothing was run on production",)
    canvas.foot(*where, "--format markdown", "--post", "--max-lock 2s: exit 3")


def _statement(each: Rehearsed, canvas: Canvas) -> None:
    StatementScreen(each.prediction, canvas).draw(safer=True)
    where = f", {each.place.file}:{each.place.line}" if each.place else ""
    canvas.put_folded(12, f"{on_copy(each)}{where}", Meaning.FAINT, first=["   copy"])


def _differences(found: Rehearsal, canvas: Canvas) -> None:
    if not found.differences:
        return
    canvas.put()
    canvas.put(" ", ("different afterwards", Meaning.STRONG))
    for each in found.differences[:_MOST_OBJECTS]:
        told_changes = ", ".join(word.short for word in object_words(each))
        canvas.put_folded(5, f"{each.object_type} {each.new_identity}: {told_changes}", first=["   "])
    if len(found.differences) > _MOST_OBJECTS:
        canvas.put("   ", f"and {len(found.differences) - _MOST_OBJECTS} more objects, see --format json")


def _remarks(found: Rehearsal, canvas: Canvas) -> None:
    remarks = [f"left behind: {each.kind} {each.name} on {each.table}" for each in found.left_behind]
    remarks += found.notes
    remarks += [f"not in the copy: {each}" for each in found.missing[:5]]
    if len(found.missing) > 5:
        remarks.append(f"not in the copy: {len(found.missing) - 5} more, see --format json")
    if remarks:
        canvas.put()
    for remark in remarks:
        canvas.put_folded(3, remark, Meaning.FAINT, first=[" ", (WARNING, Meaning.WARNING)])
    for finding in found.findings:
        if finding.gate != ERROR:
            said = f"statement {finding.line}: {finding.message}"
            canvas.put_folded(3, said, Meaning.BAD, first=[" ", (FAILED, Meaning.BAD)])
