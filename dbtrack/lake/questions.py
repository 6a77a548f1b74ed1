"""The questions of docs/long-history.md, each an SQL file that all engines and PostgreSQL answer alike."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from dbtrack import sql_files
from dbtrack.errors import UsageError
from dbtrack.export.columns import Subject

_FOLDER = "lake"
_COMMON = "questions"
_OBJECT = "%(object)s"


class Engine(StrEnum):
    """What answers: the name of the folder with the SQL that only it understands."""

    DUCKDB = "duckdb"
    CLICKHOUSE = "clickhouse"
    SPARK = "spark"


@dataclass(frozen=True)
class Question:
    """A question.

    Args:
        about: what it answers, in one sentence.
        needs_object: it is about one object.
    """

    name: str
    table: Subject
    about: str
    needs_object: bool


def _read(name: str, engine: Engine | None = None) -> str:
    root = sql_files.sql_root() / _FOLDER
    own = root / engine / f"{name}.sql" if engine is not None else None
    return sql_files.read_file(own if own and own.exists() else root / _COMMON / f"{name}.sql").text


def question_names() -> list[str]:
    """Return the names of all questions."""
    return sorted(path.stem for path in Path(sql_files.sql_root() / _FOLDER / _COMMON).glob("*.sql"))


def find_question(name: str) -> Question:
    """Return a question by its name.

    Raises:
        UsageError: there is none of this name.
    """
    if name not in question_names():
        raise UsageError(f"there is no question {name!a}", hint=f"one of: {', '.join(question_names())}")
    text = _read(name)
    table = Subject.OBJECTS if f"FROM {Subject.OBJECTS}" in text else Subject.EXECUTIONS
    about = text.partition("\n")[0].removeprefix("-- ")
    return Question(name, table, about, _OBJECT in text)


def question_sql(question: Question, engine: Engine, object_identity: str | None = None) -> str:
    """Return the SELECT of a question, without a semicolon.

    Args:
        object_identity: the object that it is about, as PostgreSQL names it.

    Raises:
        UsageError: it is about an object, and there is none; or the other way round.
    """
    if question.needs_object != (object_identity is not None):
        raise UsageError(
            f"the question {question.name} needs --object NAME"
            if question.needs_object
            else f"the question {question.name} is not about an object"
        )
    lines = [line for line in _read(question.name, engine).splitlines() if not line.startswith("--")]
    statement = "\n".join(lines)
    return statement.replace(_OBJECT, text_literal(object_identity or "", engine))


def text_literal(text: str, engine: Engine) -> str:
    """Return a text as a literal of an engine's SQL."""
    if engine is Engine.DUCKDB:
        return "'" + text.replace("'", "''") + "'"
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
