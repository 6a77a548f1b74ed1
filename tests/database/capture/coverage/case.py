"""What one row of the table of coverage is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A statement that changes something, to be looked for in each way that dbtrack has.

    Args:
        name: how the table calls it.
        statement: run by itself, whether it fails or not.
        before: statements that prepare for it.
        after: statements that undo it, where it commits.
        alone: the statement refuses to run in a transaction block, or ends it; otherwise it is rolled back.
        since: the first major version that has it.
        lacking: the majors whose servers in these tests lack something that it takes.
        labels: it takes the library of `tests.support.label_provider`.
        ready: a query that says when a committed statement has come into force.
        note: what else the table says.
    """

    name: str
    statement: str
    before: str = ""
    after: str = ""
    alone: bool = False
    since: int = 15
    lacking: frozenset[int] = frozenset()
    labels: bool = False
    ready: str = ""
    note: str = ""

    def is_on(self, major: int) -> bool:
        """Return whether a server of this major can run it."""
        return major >= self.since and major not in self.lacking
