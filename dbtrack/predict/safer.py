"""Another way to write a statement: what it does in one long lock, in several short ones.

Each way was measured on PostgreSQL 15 to 18, and a test runs each on a copy and looks at its locks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbtrack.predict.forms import Parsed, form_of_command, name_at, outer_words
from dbtrack.predict.model import Prediction, SaferWay, Work
from dbtrack.predict.script import Statement
from dbtrack.predict.shapes import Shape, Shapes
from dbtrack.redaction.sql_tokens import Token

LOCK_TIMEOUT = "SET lock_timeout = '2s'"
# A wait that is cut off would leave an invalid index.
NO_LOCK_TIMEOUT = "SET lock_timeout = 0"
BATCH_ROWS = 10_000
_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_LONGEST_NAME = 63
_REPEAT = "repeat the UPDATE, each in a transaction of its own, until it changes no row"
_JOINED_KEYS = "joining the foreign keys takes ACCESS EXCLUSIVE on the referenced table for a moment"
_RETRY = "if it gives up, try again: nothing was changed"


@dataclass(frozen=True)
class _Case:
    """One statement or subcommand that could be written better."""

    statement: Statement
    parsed: Parsed
    prediction: Prediction
    shape: Shape | None
    shapes: Shapes
    major: int
    command: tuple[Token, ...] = ()

    @property
    def table(self) -> str:
        return self.parsed.name or ""

    def text(self, tokens: Sequence[Token]) -> str:
        """Return the text of some tokens that follow one another, as it was written."""
        base = self.statement.tokens[0].start
        return self.statement.text[tokens[0].start - base : tokens[-1].end - base] if tokens else ""

    def alter(self, command: str) -> str:
        """Return an ALTER TABLE of the same table."""
        only = "ONLY " if self.parsed.is_only else ""
        return f"ALTER TABLE {only}{self.table} {command}"

    def name(self, *parts: str) -> str:
        """Return a name made of the table's and others, quoted where needed."""
        bare = [part.rpartition(".")[2].strip('"') for part in (self.table, *parts)]
        name = "_".join(bare)[:_LONGEST_NAME]
        return name if _PLAIN_NAME.fullmatch(name) else '"' + name.replace('"', '""') + '"'


Ways = Iterator[SaferWay]


def safer_ways(
    statement: Statement,
    parsed: Parsed,
    prediction: Prediction,
    shape: Shape | None,
    shapes: Shapes,
    major: int,
) -> tuple[SaferWay, ...]:
    """Return the safer ways to write a statement; none if it needs none.

    Args:
        prediction: what it does as it is written.
        shape: the table before it.
        shapes: reads tables as they are after it.
        major: of the real server.
    """
    case = _Case(statement, parsed, prediction, shape, shapes, major)
    found = [*_of_commands(case)] if parsed.commands else [*_STATEMENTS.get(parsed.form, _nothing)(case)]
    if not found and any(effect.lock and effect.lock.blocks_writes for effect in prediction.effects):
        found = [*_instant(case)]
    return tuple(found)


def _of_commands(case: _Case) -> Ways:
    if len(case.parsed.commands) > 1 and case.prediction.work is not Work.NONE:
        yield SaferWay(
            "in one statement the slowest subcommand holds the locks of all: first the instant ones",
            (),
            "write each subcommand as a statement of its own; type changes of one table stay together",
        )
    for command in case.parsed.commands:
        form = form_of_command(command)
        yield from _COMMANDS.get(form, _nothing)(
            _Case(case.statement, case.parsed, case.prediction, case.shape, case.shapes, case.major, command)
        )


def _nothing(case: _Case) -> Ways:
    del case
    yield from ()


def _instant(case: _Case) -> Ways:
    if case.prediction.work is Work.NONE and not case.parsed.rule.is_outside:
        yield SaferWay(
            "it is instant, but while it waits for its lock everybody else waits behind it",
            (LOCK_TIMEOUT, case.statement.text),
            _RETRY,
            is_same=True,
        )


def _works(case: _Case) -> bool:
    return case.prediction.work is not Work.NONE


def _not_null_steps(case: _Case, column: str) -> list[str]:
    """Return the statements that make a column NOT NULL without reading the table under a strong lock."""
    if case.major >= 18:
        name = case.name(column, "not_null")
        add = case.alter(f"ADD CONSTRAINT {name} NOT NULL {column} NOT VALID")
        return [LOCK_TIMEOUT, add, case.alter(f"VALIDATE CONSTRAINT {name}")]
    name = case.name(column, "proof")
    return [
        LOCK_TIMEOUT,
        case.alter(f"ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL) NOT VALID"),
        case.alter(f"VALIDATE CONSTRAINT {name}"),
        case.alter(f"ALTER COLUMN {column} SET NOT NULL"),
        case.alter(f"DROP CONSTRAINT {name}"),
    ]


def _column_of(case: _Case) -> str:
    """Return the column of ALTER COLUMN or ADD COLUMN, as written."""
    position = 2 if case.command[1].word == "COLUMN" else 1
    return name_at(case.command, position)[0] or ""


def _set_not_null(case: _Case) -> Ways:
    if _works(case):
        yield SaferWay(
            "a constraint that is not valid yet is instant; its validation lets reads and writes go on",
            tuple(_not_null_steps(case, _column_of(case))),
        )


def _add_not_null(case: _Case) -> Ways:
    words = [token.word for token in case.command]
    if _works(case) and "NULL" in words:
        column = name_at(case.command, words.index("NULL") + 1)[0] or ""
        name = case.command[2].text if words[1] == "CONSTRAINT" else case.name(column, "not_null")
        yield SaferWay(
            "a constraint that is not valid yet is instant; its validation lets reads and writes go on",
            (
                LOCK_TIMEOUT,
                case.alter(f"ADD CONSTRAINT {name} NOT NULL {column} NOT VALID"),
                case.alter(f"VALIDATE CONSTRAINT {name}"),
            ),
        )


def _constraint_parts(case: _Case, suffix: str) -> tuple[str, str]:
    """Return the name of the added constraint and its definition."""
    words = [token.word for token in case.command]
    if words[1] == "CONSTRAINT":
        return case.command[2].text, case.text(case.command[3:])
    columns = _columns_in(case.command)
    return case.name(*columns[:2], suffix), case.text(case.command[1:])


def _columns_in(tokens: Sequence[Token]) -> list[str]:
    """Return the names in the first parentheses."""
    start = next((n for n, token in enumerate(tokens) if token.text == "("), len(tokens))
    found = []
    for token in tokens[start + 1 :]:
        if token.text == ")":
            break
        if token.text not in {",", "("}:
            found.append(token.text)
    return [name for name in found if re.fullmatch(r'\w+|".*"', name)]


def _add_check(case: _Case) -> Ways:
    if _works(case):
        name, definition = _constraint_parts(case, "check")
        yield SaferWay(
            "a CHECK that is not valid yet is instant; its validation lets reads and writes go on",
            (
                LOCK_TIMEOUT,
                case.alter(f"ADD CONSTRAINT {name} {definition} NOT VALID"),
                case.alter(f"VALIDATE CONSTRAINT {name}"),
            ),
        )


def _add_foreign_key(case: _Case) -> Ways:
    name, definition = _constraint_parts(case, "fkey")
    if not _works(case):
        return
    if case.shape and case.shape.is_partitioned and case.major < 18:
        yield SaferWay(
            "before PostgreSQL 18 each partition gets the key first; the table's own then reads none of them",
            (
                LOCK_TIMEOUT,
                *(
                    f"ALTER TABLE {partition} {step}"
                    for partition in case.shape.partitions
                    for step in (
                        f"ADD CONSTRAINT {name} {definition} NOT VALID",
                        f"VALIDATE CONSTRAINT {name}",
                    )
                ),
                case.alter(f"ADD CONSTRAINT {name} {definition}"),
            ),
            "the last step takes ACCESS EXCLUSIVE on the referenced table for a moment",
        )
        return
    yield SaferWay(
        "a foreign key that is not valid yet is instant; its validation lets reads and writes go on",
        (
            LOCK_TIMEOUT,
            case.alter(f"ADD CONSTRAINT {name} {definition} NOT VALID"),
            case.alter(f"VALIDATE CONSTRAINT {name}"),
        ),
    )


def _add_key(case: _Case) -> Ways:
    words = outer_words(case.command)
    is_primary = "PRIMARY" in words
    name, _ = _constraint_parts(case, "pkey" if is_primary else "key")
    if is_primary and words[1] != "CONSTRAINT":
        name = case.name("pkey")
    if case.shape and case.shape.is_partitioned:
        yield SaferWay(
            "a partitioned table has no CONCURRENTLY",
            (),
            "add it to each partition by CREATE UNIQUE INDEX CONCURRENTLY first",
        )
        return
    start = next(n for n, token in enumerate(case.command) if token.text == "(")
    columns = _columns_in(case.command)
    listed = f"({', '.join(columns)}){_include(case)}"
    kind = "PRIMARY KEY" if is_primary else "UNIQUE"
    distinct = " NULLS NOT DISTINCT" if "DISTINCT" in [token.word for token in case.command[:start]] else ""
    steps = [
        NO_LOCK_TIMEOUT,
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {case.table} {listed}{distinct}",
    ]
    for column in columns if is_primary else ():
        known = case.shape.columns.get(column.strip('"')) if case.shape else None
        if known is None or not known[1]:
            steps += _not_null_steps(case, column)
    deferrable = " DEFERRABLE" if "DEFERRABLE" in words else ""
    deferrable += " INITIALLY DEFERRED" if "DEFERRED" in words else ""
    steps += [LOCK_TIMEOUT, case.alter(f"ADD CONSTRAINT {name} {kind} USING INDEX {name}{deferrable}")]
    yield SaferWay(
        "the index is built while reads and writes go on; the constraint then takes it over at once",
        tuple(steps),
        f"if the index cannot be built, drop the invalid one: DROP INDEX CONCURRENTLY {name}",
    )


def _include(case: _Case) -> str:
    words = [token.word for token in case.command]
    if "INCLUDE" not in words:
        return ""
    return f" INCLUDE ({', '.join(_columns_in(case.command[words.index('INCLUDE') :]))})"


def _using_index(case: _Case) -> Ways:
    if not _works(case) or "PRIMARY" not in outer_words(case.command):
        return
    index_name = name_at(case.command, [token.word for token in case.command].index("INDEX") + 1)[0]
    index = next((i for i in case.shape.indexes if i.name == index_name), None) if case.shape else None
    steps: list[str] = []
    for column in index.columns if index else ():
        if case.shape and not case.shape.columns[column][1]:
            steps += _not_null_steps(case, column)
    if steps:
        yield SaferWay(
            "a column that may be NULL is read under ACCESS EXCLUSIVE: make it NOT NULL first",
            (*steps, case.statement.text),
        )


def _exclude(case: _Case) -> Ways:
    del case
    yield SaferWay(
        "there is no other way", (), "EXCLUDE has neither NOT VALID nor USING INDEX: plan a quiet hour"
    )


# Not by a key, which a table may lack; each statement finds rows that are still to do.
_BATCH = (
    "UPDATE {table} SET {column} = {value} "
    "WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {condition} LIMIT {rows}))"
)


def _batch(case: _Case, column: str, value: str, condition: str) -> str:
    return _BATCH.format(table=case.table, column=column, value=value, condition=condition, rows=BATCH_ROWS)


@dataclass(frozen=True)
class _NewColumn:
    """The parts of ADD COLUMN."""

    name: str
    type: str
    default: str | None
    is_not_null: bool
    tail: tuple[Token, ...]


_COLUMN_WORDS = frozenset(
    [
        "DEFAULT",
        "NOT",
        "NULL",
        "CHECK",
        "REFERENCES",
        "UNIQUE",
        "PRIMARY",
        "CONSTRAINT",
        "GENERATED",
        "COLLATE",
        "STORAGE",
        "COMPRESSION",
    ]
)


def _new_column(case: _Case) -> _NewColumn:
    tokens = case.command
    position = 2 if tokens[1].word == "COLUMN" else 1
    name, position = name_at(tokens, position)
    parts = _clauses(tokens[position:])
    default = next((part for part in parts if part[0].word == "DEFAULT"), None)
    collate = next((part for part in parts if part[0].word == "COLLATE"), None)
    kind = case.text(parts[0]) + (f" {case.text(collate)}" if collate else "")
    return _NewColumn(
        name or "",
        kind,
        case.text(default[1:]) if default else None,
        is_not_null=any([token.word for token in part] == ["NOT", "NULL"] for part in parts),
        tail=tuple(tokens[position:]),
    )


def _clauses(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Split a column's definition at the words that begin a clause, outside parentheses."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        word = token.word if depth == 0 else ""
        follows_not = word == "NULL" and parts[-1] and parts[-1][-1].word == "NOT"
        is_value = word == "NULL" and parts[-1] and parts[-1][-1].word in {"DEFAULT", "SET"}
        named = parts[-1] and parts[-1][0].word == "CONSTRAINT" and len(parts[-1]) <= 2
        if word in _COLUMN_WORDS and parts[-1] and not follows_not and not is_value and not named:
            parts.append([])
        parts[-1].append(token)
    return [tuple(part) for part in parts]


def _add_volatile_column(case: _Case) -> Ways:
    if not _works(case):
        return
    column = _new_column(case)
    if column.default is None:
        yield SaferWay(
            "a column of a domain with a constraint rewrites the table",
            (),
            "add the column with the base type, and the constraint as a CHECK: NOT VALID, then VALIDATE",
        )
        return
    steps = [
        LOCK_TIMEOUT,
        case.alter(f"ADD COLUMN {column.name} {column.type}"),
        case.alter(f"ALTER COLUMN {column.name} SET DEFAULT {column.default}"),
        _batch(case, column.name, "DEFAULT", f"{column.name} IS NULL"),
    ]
    if column.is_not_null:
        steps += _not_null_steps(case, column.name)
    yield SaferWay(
        "both changes are instant, and the rows get their value in batches that block nobody",
        tuple(steps),
        _REPEAT,
    )


def _add_generated_column(case: _Case) -> Ways:
    column = _new_column(case)
    words = outer_words(case.command)
    if "STORED" in words:
        if case.major >= 18:
            text = case.text(case.command)
            virtual = re.sub(r"\bSTORED\b", "VIRTUAL", text, flags=re.IGNORECASE)
            yield SaferWay(
                "a virtual column is computed when it is read, and instant",
                (LOCK_TIMEOUT, case.alter(virtual)),
            )
        else:
            yield SaferWay(
                "each stored value is computed under ACCESS EXCLUSIVE",
                (),
                "add a plain column, a trigger that fills it, and then the old rows in batches",
            )
        return
    sequence = case.name(column.name, "seq")
    steps = [
        f"CREATE SEQUENCE {sequence}",
        LOCK_TIMEOUT,
        case.alter(f"ADD COLUMN {column.name} {_serial_type(column.type)}"),
        case.alter(f"ALTER COLUMN {column.name} SET DEFAULT nextval('{sequence}')"),
        _batch(case, column.name, "DEFAULT", f"{column.name} IS NULL"),
        *_not_null_steps(case, column.name),
    ]
    if "IDENTITY" in words:
        always = "ALWAYS" if "ALWAYS" in words else "BY DEFAULT"
        steps += [
            case.alter(f"ALTER COLUMN {column.name} DROP DEFAULT"),
            case.alter(f"ALTER COLUMN {column.name} ADD GENERATED {always} AS IDENTITY"),
            f"SELECT setval(pg_get_serial_sequence('{case.table}', '{column.name}'), nextval('{sequence}'))",
            f"DROP SEQUENCE {sequence}",
        ]
    else:
        steps.append(f"ALTER SEQUENCE {sequence} OWNED BY {case.table}.{column.name}")
    yield SaferWay("all changes are instant, and the rows get their number in batches", tuple(steps), _REPEAT)


def _serial_type(kind: str) -> str:
    return {"serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
            "smallserial": "smallint", "serial2": "smallint"}.get(kind.lower(), kind)  # fmt: skip


def _add_column_with(case: _Case, words: frozenset[str]) -> tuple[str, tuple[Token, ...]]:
    """Return ADD COLUMN without the constraint that begins with one of the words, and that constraint."""
    name, position = name_at(case.command, 2 if case.command[1].word == "COLUMN" else 1)
    parts = _clauses(case.command[position:])
    found = next(
        part for part in parts if any(token.word in words for token in part[:3]) and part is not parts[0]
    )
    rest = " ".join(case.text(part) for part in parts if part is not found and part)
    return f"ADD COLUMN {name} {rest}", found


def _add_checked_column(case: _Case) -> Ways:
    yield from _apart(case, frozenset({"CHECK"}), "check")


def _add_referencing_column(case: _Case) -> Ways:
    yield from _apart(case, frozenset({"REFERENCES"}), "fkey")


def _apart(case: _Case, words: frozenset[str], suffix: str) -> Ways:
    if not _works(case):
        return
    column = _new_column(case).name
    add, constraint = _add_column_with(case, words)
    name = case.name(column, suffix)
    if constraint[0].word == "CONSTRAINT":
        name, constraint = constraint[1].text, constraint[2:]
    definition = case.text(constraint)
    if suffix == "fkey":
        definition = f"FOREIGN KEY ({column}) {definition}"
    yield SaferWay(
        "the column is instant; the constraint is validated while reads and writes go on",
        (
            LOCK_TIMEOUT,
            case.alter(add),
            case.alter(f"ADD CONSTRAINT {name} {definition} NOT VALID"),
            case.alter(f"VALIDATE CONSTRAINT {name}"),
        ),
    )


def _add_unique_column(case: _Case) -> Ways:
    column = _new_column(case).name
    if "PRIMARY" in outer_words(case.command) or (case.shape and case.shape.is_partitioned):
        return
    add, _ = _add_column_with(case, frozenset({"UNIQUE"}))
    name = case.name(column, "key")
    yield SaferWay(
        "the column is instant; its index is built while reads and writes go on",
        (
            LOCK_TIMEOUT,
            case.alter(add),
            NO_LOCK_TIMEOUT,
            f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {case.table} ({column})",
            LOCK_TIMEOUT,
            case.alter(f"ADD CONSTRAINT {name} UNIQUE USING INDEX {name}"),
        ),
    )


_SHORTER = re.compile(r"(?:varchar|character\s+varying)\s*\(\s*(\d+)\s*\)", re.IGNORECASE)


def _change_type(case: _Case) -> Ways:
    effect = next((e for e in case.prediction.effects if e.identity == case.prediction.lead), None)
    if effect is None or not _works(case):
        return
    column = _column_of(case)
    new = _new_type(case)
    old = case.shape.columns.get(column.strip('"'), ("", False))[0] if case.shape else ""
    shorter = _SHORTER.fullmatch(new)
    if effect.is_rewritten and shorter and ("character varying" in old or old == "text"):
        name = case.name(column, "length")
        yield SaferWay(
            "a CHECK limits the length without rewriting the table; the type stays",
            (
                LOCK_TIMEOUT,
                case.alter(f"ADD CONSTRAINT {name} CHECK (length({column}) <= {shorter[1]}) NOT VALID"),
                case.alter(f"VALIDATE CONSTRAINT {name}"),
            ),
        )
    elif effect.rebuilt and not effect.is_rewritten:
        yield from _around_indexes(case, effect.rebuilt)
    elif effect.is_rewritten:
        yield from _new_column_instead(case, column, new)


def _new_type(case: _Case) -> str:
    words = [token.word for token in case.command]
    start = words.index("TYPE") + 1
    end = words.index("USING") if "USING" in words else len(words)
    return case.text(case.command[start:end])


def _using(case: _Case, column: str, new: str) -> str:
    words = [token.word for token in case.command]
    return case.text(case.command[words.index("USING") + 1 :]) if "USING" in words else f"{column}::{new}"


def _around_indexes(case: _Case, rebuilt: Sequence[str]) -> Ways:
    indexes = [
        i
        for i in (case.shape.indexes if case.shape else ())
        if i.name.rpartition(".")[2].strip('"') in rebuilt
    ]
    if not indexes or any(index.is_constraint for index in indexes):
        yield SaferWay(
            "the rows stay, but indexes are built again under ACCESS EXCLUSIVE",
            (),
            "drop the constraints that need them first, and add them USING INDEX afterwards",
        )
        return
    yield SaferWay(
        "the rows stay, and without its indexes the change is instant",
        (
            NO_LOCK_TIMEOUT,
            *(f"DROP INDEX CONCURRENTLY {index.name}" for index in indexes),
            LOCK_TIMEOUT,
            case.statement.text,
            NO_LOCK_TIMEOUT,
            *(_concurrently(index.definition) for index in indexes),
        ),
        "queries do without these indexes meanwhile",
    )


def _concurrently(definition: str) -> str:
    return re.sub(r"^(CREATE (?:UNIQUE )?INDEX)", r"\1 CONCURRENTLY", definition)


def _new_column_instead(case: _Case, column: str, new: str) -> Ways:
    if case.shape is None or case.shape.is_partitioned:
        yield SaferWay(
            "a new column instead of a new type",
            (),
            "add it, copy by a trigger and in batches, then rename both",
        )
        return
    bare = column.strip('"')
    fresh, old = case.name(bare, "new").split(".")[-1], case.name(bare, "old")
    copy = case.name(bare, "copy")
    value = _using(case, column, new)
    row_value = re.sub(rf"(?<![\w.]){re.escape(column)}(?!\w)", f"new.{column}", value)
    trigger = (
        f"CREATE TRIGGER {copy} BEFORE INSERT OR UPDATE ON {case.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {copy}()"
    )
    body = f"BEGIN new.{fresh} := {row_value}; RETURN new; END"
    known = [index for index in case.shape.indexes if bare in index.columns]
    steps = [
        LOCK_TIMEOUT,
        case.alter(f"ADD COLUMN {fresh} {new}"),
        f"CREATE FUNCTION {copy}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
        trigger,
        _batch(case, fresh, value, f"{fresh} IS NULL AND {column} IS NOT NULL"),
    ]
    plain = [index for index in known if not index.is_constraint]
    if plain:
        steps.append(NO_LOCK_TIMEOUT)
        for index in plain:
            definition = _renamed(index.definition, index.name, bare, fresh, case.name(bare, "new_idx"))
            steps.append(_concurrently(definition))
    if case.shape.columns[bare][1]:
        steps += _not_null_steps(case, fresh)
    steps += [
        LOCK_TIMEOUT,
        "BEGIN",
        f"DROP TRIGGER {copy} ON {case.table}",
        case.alter(f"RENAME COLUMN {column} TO {old}"),
        case.alter(f"RENAME COLUMN {fresh} TO {column}"),
        "COMMIT",
        f"DROP FUNCTION {copy}()",
        case.alter(f"DROP COLUMN {old}"),
    ]
    constraints = ", ".join(index.name for index in known if index.is_constraint)
    extra = (
        f"; add {constraints} to the new column as well, USING INDEX, before the swap" if constraints else ""
    )
    yield SaferWay(
        "a new column is filled while reads and writes go on; the swap is instant",
        tuple(steps),
        f"{_REPEAT}{extra}; views and foreign keys on the old column have to follow",
    )


def _renamed(definition: str, index: str, column: str, fresh: str, name: str) -> str:
    definition = definition.replace(f"INDEX {index.rpartition('.')[2]} ON", f"INDEX {name} ON", 1)
    head, _, tail = definition.partition(" USING ")
    return f"{head} USING " + re.sub(rf"(?<!\w){re.escape(column)}(?!\w)", fresh, tail)


def _attach(case: _Case) -> Ways:
    partition = case.parsed.detached
    bound = case.shapes.bound_of(partition) if partition else None
    if not _works(case) or partition is None or bound is None:
        return
    steps = [*_ready_partition(case, partition), LOCK_TIMEOUT, *_proof(partition, bound)]
    drops = [f"ALTER TABLE {partition} DROP CONSTRAINT {_proof_name(partition)}"]
    default = case.shapes.default_partition_of(case.parsed)
    if default is not None:
        steps += _proof(default, f"NOT {bound}")
        drops.append(f"ALTER TABLE {default} DROP CONSTRAINT {_proof_name(default)}")
    yield SaferWay(
        "constraints that prove the bound save reading the rows under ACCESS EXCLUSIVE",
        (*steps, case.statement.text, *drops),
        _JOINED_KEYS if case.shape and case.shape.foreign_keys else "",
    )


def _ready_partition(case: _Case, partition: str) -> list[str]:
    """Return the statements that give a partition the indexes and foreign keys that it needs."""
    after = case.shapes.named(partition)
    bare = partition.rpartition(".")[2].strip('"')
    effect = next(
        (e for e in case.prediction.effects if e.identity.rpartition(".")[2].strip('"') == bare), None
    )
    steps: list[str] = []
    for index in after.indexes if after and effect else ():
        name = index.name.rpartition(".")[2]
        if effect is None or name.strip('"') not in effect.rebuilt:
            continue
        steps += [NO_LOCK_TIMEOUT, _concurrently(index.definition)]
        if index.is_constraint:
            kind = "PRIMARY KEY" if index.is_primary else "UNIQUE"
            add = f"ALTER TABLE {partition} ADD CONSTRAINT {name} {kind} USING INDEX {name}"
            steps += [LOCK_TIMEOUT, add]
    for number, definition in enumerate(case.shape.foreign_keys if case.shape else (), 1):
        name = f"{_proof_name(partition).removesuffix('_bound')}_fkey{number}"
        steps += [
            LOCK_TIMEOUT,
            f"ALTER TABLE {partition} ADD CONSTRAINT {name} {definition} NOT VALID",
            f"ALTER TABLE {partition} VALIDATE CONSTRAINT {name}",
        ]
    return steps


def _proof_name(table: str) -> str:
    name = f"{table.rpartition('.')[2].strip(chr(34))}_bound"[:_LONGEST_NAME]
    return name if _PLAIN_NAME.fullmatch(name) else f'"{name}"'


def _proof(table: str, expression: str) -> list[str]:
    name = _proof_name(table)
    return [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({expression}) NOT VALID",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",
    ]


def _detach(case: _Case) -> Ways:
    if case.shape is not None and not case.shape.has_default_partition:
        yield SaferWay(
            "readers and writers of the other partitions go on",
            (NO_LOCK_TIMEOUT, f"{case.statement.text} CONCURRENTLY"),
            "not inside a transaction block",
        )


def _advice(why: str, advice: str) -> Callable[[_Case], Ways]:
    def way(case: _Case) -> Ways:
        if _works(case):
            yield SaferWay(why, (), advice)

    return way


def _insert(case: _Case, word: str) -> str:
    """Return the statement with CONCURRENTLY behind a word."""
    token = next(token for token in case.statement.tokens if token.word == word)
    end = token.end - case.statement.tokens[0].start
    return f"{case.statement.text[:end]} CONCURRENTLY{case.statement.text[end:]}"


def _create_index(case: _Case) -> Ways:
    if case.parsed.is_only or (not _works(case) and case.shape and not case.shape.is_partitioned):
        return
    if case.shape is None or not case.shape.is_partitioned:
        yield SaferWay(
            "writes go on; it reads the table twice, and takes about twice as long",
            (NO_LOCK_TIMEOUT, _insert(case, "INDEX")),
            "not inside a transaction block; if it fails, drop the invalid index and try again",
        )
        return
    rest = case.text(case.parsed.rest)
    name = case.parsed.index or case.name(*_columns_in(case.parsed.rest)[:2], "idx")
    unique = "UNIQUE " if "UNIQUE" in case.statement.words[:3] else ""
    steps = [LOCK_TIMEOUT, f"CREATE {unique}INDEX {name} ON ONLY {case.table} {rest}"]
    for partition in case.shape.partitions:
        bare = partition.rpartition(".")[2].strip('"')
        own = f"{bare}_{name.strip(chr(34))}"[:_LONGEST_NAME]
        own = own if _PLAIN_NAME.fullmatch(own) else f'"{own}"'
        schema = f"{partition.rpartition('.')[0]}." if "." in partition else ""
        steps += [
            NO_LOCK_TIMEOUT,
            f"CREATE {unique}INDEX CONCURRENTLY {own} ON {partition} {rest}",
            LOCK_TIMEOUT,
            f"ALTER INDEX {_beside(case.table, name)} ATTACH PARTITION {schema}{own}",
        ]
    yield SaferWay("each partition gets its index while writes go on; attaching is instant", tuple(steps))


def _beside(table: str, name: str) -> str:
    """Return the name with the schema that the table is written with."""
    schema = table.rpartition(".")[0]
    return f"{schema}.{name}" if schema else name


def _drop_index(case: _Case) -> Ways:
    words = case.statement.words
    is_one = not any(token.text == "," for token in case.statement.tokens) and "CASCADE" not in words
    if is_one and not (case.shape and case.shape.kind == "I"):
        yield SaferWay(
            "reads and writes of the table go on",
            (NO_LOCK_TIMEOUT, _insert(case, "INDEX")),
            "not inside a transaction block",
        )


def _reindex(case: _Case) -> Ways:
    word = "INDEX" if "INDEX" in case.statement.words else "TABLE"
    if word in case.statement.words:
        yield SaferWay(
            "reads and writes go on; a plain REINDEX lets even SELECT wait",
            (NO_LOCK_TIMEOUT, _insert(case, word)),
            "not inside a transaction block",
        )


def _refresh(case: _Case) -> Ways:
    if not _works(case) or case.shape is None:
        return
    if any(index.is_unique and not index.is_partial for index in case.shape.indexes):
        yield SaferWay(
            "readers go on; measured, it took five to eight times as long",
            (LOCK_TIMEOUT, _insert(case, "VIEW")),
        )
    else:
        yield SaferWay(
            "with a unique index, readers go on while it is refreshed CONCURRENTLY",
            (),
            f"create a unique index on columns of {case.table} that are unique",
        )


def _partition_of(case: _Case) -> Ways:
    words = case.statement.words
    name, _ = name_at(case.statement.tokens, list(words).index("TABLE") + 1)
    bound = case.text(case.parsed.rest)
    if not bound.upper().startswith(("FOR VALUES", "DEFAULT")):
        return
    advice = ""
    if case.shape and case.shape.has_default_partition:
        advice = "the default partition is read: prove by a CHECK on it that it has no row of the new one"
    yield SaferWay(
        "attaching takes SHARE UPDATE EXCLUSIVE on the parent instead of ACCESS EXCLUSIVE",
        (
            LOCK_TIMEOUT,
            f"CREATE TABLE {name} (LIKE {case.table} INCLUDING ALL)",
            f"ALTER TABLE {case.table} ATTACH PARTITION {name} {bound}",
        ),
        advice,
    )


def _drop_table(case: _Case) -> Ways:
    if case.shape and case.shape.parent:
        yield SaferWay(
            "readers of the other partitions go on",
            (
                NO_LOCK_TIMEOUT,
                f"ALTER TABLE {case.shape.parent} DETACH PARTITION {case.table} CONCURRENTLY",
                LOCK_TIMEOUT,
                case.statement.text,
            ),
            "not inside a transaction block, and not with a default partition",
        )


def _change_rows(case: _Case) -> Ways:
    if case.statement.words[0] in {"UPDATE", "DELETE"} and "WHERE" not in case.statement.words:
        yield SaferWay(
            "one transaction over all rows keeps each of them locked, and VACUUM from cleaning up",
            (),
            f"change them in batches of {BATCH_ROWS:,} rows, each in a transaction of its own",
        )


_COMMANDS: Mapping[str, Callable[[_Case], Ways]] = {
    "set not null": _set_not_null,
    "add not null": _add_not_null,
    "add check": _add_check,
    "add foreign key": _add_foreign_key,
    "add primary key": _add_key,
    "add unique": _add_key,
    "add key using index": _using_index,
    "add exclude": _exclude,
    "add column": _add_volatile_column,
    "add column with a volatile default": _add_volatile_column,
    "add column with a generated value": _add_generated_column,
    "add column with a check": _add_checked_column,
    "add column with a foreign key": _add_referencing_column,
    "add column with a key": _add_unique_column,
    "change the type of a column": _change_type,
    "attach partition": _attach,
    "detach partition": _detach,
    "set expression": _advice("it rewrites the table", "add a new column, and fill it in batches"),
    "set tablespace": _advice(
        "it copies the table under ACCESS EXCLUSIVE", "pg_repack --tablespace copies it while others go on"
    ),
    "set logged": _advice(
        "it copies the table under ACCESS EXCLUSIVE", "copy it into a new table in batches, and rename both"
    ),
}
_STATEMENTS: Mapping[str, Callable[[_Case], Ways]] = {
    "create index": _create_index,
    "drop index": _drop_index,
    "reindex": _reindex,
    "refresh materialized view": _refresh,
    "create table of a partition": _partition_of,
    "drop table": _drop_table,
    "change rows": _change_rows,
    "vacuum full": _advice(
        "it copies the table under ACCESS EXCLUSIVE", "plain VACUUM, or pg_repack, which lets others go on"
    ),
    "cluster": _advice("it copies the table under ACCESS EXCLUSIVE", "pg_repack lets others go on"),
    "alter domain": _advice(
        "it reads each table that uses the domain, and its writes wait",
        "a CHECK on the tables, NOT VALID and then VALIDATE, is the only way that lets writes go on",
    ),
}
