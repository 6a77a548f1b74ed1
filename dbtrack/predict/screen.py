"""Draw a prediction for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dbtrack.predict import words
from dbtrack.predict.gates import ERROR, Finding
from dbtrack.predict.model import Effect, Outcome, Prediction, Report, SaferWay, Work
from dbtrack.render.screens.canvas import ARROW, DONE, FAILED, WARNING, Canvas, Meaning, Piece
from dbtrack.render.screens.shortening import clip, short_duration

_LABEL_CELLS = 12
_MOST_RELATIONS = 8
_MOST_HOLDERS = 4
_COPIES = {
    "embedded": "tried on a copy in the embedded server",
    "database": "tried on a copy beside the database",
    "none": "by the form of each statement alone",
}


def draw(report: Report, findings: Sequence[Finding], canvas: Canvas, *, safer: bool = True) -> None:
    """Write the screen of a prediction.

    Args:
        findings: what does not pass the gates.
        safer: show other ways to write the statements.
    """
    seconds = short_duration(report.seconds * 1000)
    canvas.head("predict", report.database, report.server, right=f"{_COPIES[report.copy]}, {seconds}")
    is_first = True
    for prediction in words.shown(report):
        if not is_first:
            canvas.put()
        is_first = False
        StatementScreen(prediction, canvas).draw(safer=safer)
    _remarks(report, canvas)
    # What fails is said with its statement.
    of_gates = [finding for finding in findings if finding.gate != ERROR]
    if of_gates:
        canvas.put()
        for finding in of_gates:
            text = f"line {finding.line}: {finding.message}"
            canvas.put_folded(3, text, Meaning.BAD, first=[" ", (FAILED, Meaning.BAD)])
    canvas.foot("nothing was run on the database", "--format json", "--max-lock 2s is a gate: exit 3")


def _remarks(report: Report, canvas: Canvas) -> None:
    remarks = [f"not in the copy: {text}" for text in report.missing[:5]]
    if len(report.missing) > 5:
        remarks.append(f"not in the copy: {len(report.missing) - 5} more, see --format json")
    remarks += report.notes
    if report.contents:
        remarks.append(f"copied: {report.contents}")
    if remarks:
        canvas.put()
    for remark in remarks:
        canvas.put_folded(3, remark, Meaning.FAINT, first=[" ", (WARNING, Meaning.WARNING)])


class StatementScreen:
    """Draws one statement."""

    def __init__(self, prediction: Prediction, canvas: Canvas) -> None:
        self._prediction = prediction
        self._canvas = canvas

    def draw(self, *, safer: bool) -> None:
        """Write its lines, with other ways to write it if `safer`."""
        prediction = self._prediction
        self._title()
        if text := words.outcome(prediction):
            self._line("", text, Meaning.BAD if prediction.outcome is Outcome.FAILS else Meaning.WARNING)
            return
        self._locks()
        for number, effect in enumerate(e for e in prediction.effects if e.work is not Work.NONE):
            self._line(
                "does" if number == 0 else "", words.work(effect, prediction.sizes.get(effect.identity))
            )
        if prediction.created and prediction.outcome is Outcome.PREDICTED:
            self._line(
                "creates", ", ".join(prediction.created[:6]) + ("…" if len(prediction.created) > 6 else "")
            )
        self._takes()
        self._waits()
        if prediction.note:
            self._line("note", prediction.note, Meaning.FAINT)
        if safer:
            for way in prediction.safer:
                self._safer(way)

    def _title(self) -> None:
        prediction = self._prediction
        place = f"{prediction.file.rpartition('/')[2]}:{prediction.line}" if prediction.file else ""
        statement = clip(
            self._canvas.shown(" ".join(prediction.text.split())),
            self._canvas.width - 4 - (len(place) + 2 if place else 0),
        )
        right: list[Piece] = [(place, Meaning.FAINT), " "] if place else []
        self._canvas.put(" ", _glyph(prediction), " ", (statement, Meaning.STRONG), right=right)

    def _locks(self) -> None:
        effects = self._prediction.effects
        for number, effect in enumerate(effects[:_MOST_RELATIONS]):
            who = words.waiting(effect.blocks)
            meaning = _meaning(effect)
            self._put("locks" if number == 0 else "", words.locks(effect), (who, meaning))
        if len(effects) > _MOST_RELATIONS:
            self._line("", f"and {len(effects) - _MOST_RELATIONS} more relations")
        if not effects and self._prediction.is_known:
            self._line("locks", "no table, view or sequence that exists")

    def _takes(self) -> None:
        prediction = self._prediction
        if prediction.duration is not None and prediction.effects:
            self._line("takes", words.takes(prediction.duration))
        is_longer = prediction.held is not None and prediction.held != prediction.duration
        if is_longer and prediction.effects:
            self._line("holds", f"its locks for {words.takes(prediction.held)}")

    def _waits(self) -> None:
        holders = self._prediction.holders
        for number, holder in enumerate(holders[:_MOST_HOLDERS]):
            self._line("waits" if number == 0 else "", f"for {words.holder(holder)}", Meaning.WARNING)
        if len(holders) > _MOST_HOLDERS:
            self._line("", f"and for {len(holders) - _MOST_HOLDERS} more sessions")
        if text := words.queue(self._prediction):
            self._line("queue", text)

    def _safer(self, way: SaferWay) -> None:
        if way.is_same:
            self._line(
                "safer", f"{way.statements[0]} before it: others wait behind it while it waits", Meaning.GOOD
            )
            return
        self._line("safer", way.why, Meaning.GOOD)
        for statement in way.statements:
            # Whole, so that it can be copied from the screen.
            self._canvas.put(" " * _LABEL_CELLS, (f"{statement};", Meaning.KEY))
        if way.advice:
            self._line("", f"{ARROW} {way.advice}", Meaning.FAINT)

    def _line(self, label: str, text: str, meaning: Meaning = Meaning.PLAIN) -> None:
        self._canvas.put_folded(_LABEL_CELLS, text, meaning, first=[f"   {label}"])

    def _put(self, label: str, text: str, right: tuple[str, Meaning]) -> None:
        room = self._canvas.width - _LABEL_CELLS - len(right[0]) - 3
        if len(self._canvas.shown(text)) > room:
            self._line(label, text)
            self._line("", right[0], right[1])
        else:
            self._canvas.put(f"   {label}".ljust(_LABEL_CELLS), text, right=[right, " "])


def _glyph(prediction: Prediction) -> Piece:
    if prediction.outcome is Outcome.FAILS:
        return FAILED, Meaning.BAD
    if prediction.outcome in {Outcome.REFUSED, Outcome.NOT_RUN}:
        return "?", Meaning.WARNING
    slow = prediction.work is not Work.NONE and bool({"reads", "writes"} & set(prediction.blocks))
    return (WARNING, Meaning.WARNING) if slow or prediction.holders else (DONE, Meaning.GOOD)


def _meaning(effect: Effect) -> Meaning:
    if "reads" in effect.blocks:
        return Meaning.BAD
    return Meaning.WARNING if "writes" in effect.blocks else Meaning.FAINT


def markdown(report: Report, findings: Iterable[Finding]) -> str:
    """Return a prediction as Markdown, for a comment on a change."""
    lines = [f"### Prediction for `{report.database}` ({report.server}, {_COPIES[report.copy]})", ""]
    lines += [
        "| line | statement | strongest lock | who waits | does | holds its locks |",
        "|---|---|---|---|---|---|",
    ]
    shown = list(words.shown(report))
    lines += [_row(prediction) for prediction in shown]
    for finding in findings:
        lines += ["", f"- **line {finding.line}: {_cell(finding.message)}**"]
    for prediction in shown:
        lines += _details(prediction)
    return "\n".join(lines) + "\n"


def _row(prediction: Prediction) -> str:
    statement = _code(clip(" ".join(prediction.text.split()), 80))
    if text := words.outcome(prediction):
        return f"| {prediction.line} | {statement} | | | {_cell(text)} | |"
    lock = f"{prediction.lock.words}" if prediction.lock else "none"
    does = "; ".join(
        words.work(effect, prediction.sizes.get(effect.identity))
        for effect in prediction.effects
        if effect.work is not Work.NONE
    )
    cells = [lock, words.waiting(prediction.blocks), does, words.takes(prediction.held)]
    return f"| {prediction.line} | {statement} | " + " | ".join(map(_cell, cells)) + " |"


def _details(prediction: Prediction) -> list[str]:
    lines = []
    for holder in prediction.holders:
        lines += ["", f"- line {prediction.line} waits now for {_cell(words.holder(holder))}"]
    for way in prediction.safer:
        if way.is_same:
            continue
        lines += ["", f"**Line {prediction.line}, safer:** {_cell(way.why)}"]
        if way.statements:
            lines += ["", "```sql", *(f"{statement};" for statement in way.statements), "```"]
        if way.advice:
            lines += ["", _cell(way.advice)]
    return lines


def _cell(text: str) -> str:
    from dbtrack.render.readable import visible_markdown

    return visible_markdown(text)


def _code(text: str) -> str:
    return "`" + text.replace("`", "'").replace("|", "\\|") + "`"
