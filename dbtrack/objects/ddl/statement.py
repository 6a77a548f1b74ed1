"""One statement of a script: its place in the order, and whether it can be run as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum

from dbtrack.redaction.definition import REDACTED


class Safety(Enum):
    """How a statement can be used."""

    SAFE = "safe"
    MARKED = "marked"  # it may take long, lose precision, or depend on the data
    DROP = "drop"  # data is lost: commented out unless asked for
    WORDS = "words"  # SQL cannot do it, or what is recorded does not suffice


class Place(IntEnum):
    """The order of a script: what others need comes before them, and is dropped after them."""

    DROP_FOREIGN_KEY = 90
    DROP_DEFAULT = 91
    DROP_VIEW = 100
    DROP_USING_ROUTINE = 105  # a function whose definition mentions a table that is dropped
    DROP_TABLE = 110
    SCHEMA = 200
    RENAME = 210
    DROP_POLICY = 220
    DROP_TRIGGER = 221
    DROP_RULE = 222
    DROP_CONSTRAINT = 224
    DROP_INDEX = 225
    DROP_COLUMN = 226
    RENAME_PART = 228
    DROP_OPERATOR_CLASS = 233  # a family takes its classes with it
    DROP_OPERATOR_FAMILY = 234
    DROP_OPERATOR = 235
    DROP_ROUTINE = 236
    DROP_TYPE = 240
    DROP_SCHEMA = 250
    EXTENSION = 300
    TYPE = 310
    SEQUENCE = 320
    ROUTINE = 330
    TABLE = 340
    COLUMN = 350
    COLUMN_CHANGE = 360
    LATE_ROUTINE = 365
    OPERATOR_FAMILY = 366
    OPERATOR = 367
    OPERATOR_CLASS = 368
    CONSTRAINT = 370
    INDEX = 375
    PARENT_INDEX = 376  # those of the partitions first: it takes them
    PARENT = 378
    FOREIGN_KEY = 380
    VALIDATE = 385
    SEQUENCE_OWNER = 387
    TABLE_CHANGE = 388
    VIEW = 390
    RULE = 395
    TRIGGER = 400
    POLICY = 410
    OWNER = 420
    GRANT = 430
    COMMENT = 440


@dataclass(frozen=True)
class Statement:
    """One statement.

    Args:
        text: without the semicolon; for WORDS one line for people.
        note: why it is marked; shown as a comment above it.
        created_at: sorts statements of one place: what was created first comes first, and is dropped last.
        definition: of a function that is dropped.
    """

    place: Place
    text: str
    safety: Safety = Safety.SAFE
    note: str | None = None
    created_at: datetime | None = None
    definition: str = ""


def hidden(statement: Statement) -> Statement:
    """Return the statement, as words if a secret was removed from it: it would create something else."""
    if REDACTED not in statement.text or statement.safety is Safety.WORDS:
        return statement
    return Statement(
        statement.place,
        statement.text,
        Safety.WORDS,
        "a secret was removed from it before it was recorded",
        statement.created_at,
    )
