"""What one row of the table of commands says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """A command, and what must be recorded of it.

    Args:
        tag: the command tag.
        statement: run by itself; recorded as it stands, unless `stored` says otherwise.
        objects: the identity of each affected object and its type.
        before: statements that prepare for it.
        stored: the statement without the literals that redaction takes out.
        since: the first major version that has the command or fires event triggers for it; on older ones
            nothing may be recorded.
        extension: what the server must bring for it.
        lacking: the majors whose servers in these tests do not bring it.
        alone: the command refuses to run in a transaction block.
        members: how many objects the extension has, at least.
        versions: objects that differ from `objects` on some majors.
    """

    tag: str
    statement: str
    objects: Mapping[str, str]
    before: str = ""
    stored: str | None = None
    since: int = 15
    extension: str | None = None
    lacking: frozenset[int] = frozenset()
    alone: bool = False
    members: int = 0
    versions: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.tag}: {self.statement}"

    def objects_on(self, major: int) -> Mapping[str, str]:
        """Return what must be recorded on a server of this major."""
        return self.versions.get(major, self.objects)
