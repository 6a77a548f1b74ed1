"""Many databases from one process: which there are, whether all is well, and what differs between them."""

from __future__ import annotations

from dbtrack.fleet.ask import Limits, Outcome, ask_each, state_of
from dbtrack.fleet.entries import Entry, environment_entries, parse_entries, unnamed_entry
from dbtrack.fleet.fleet_file import add_entry, fleet_path, read_fleet, remove_entry
from dbtrack.fleet.members import Choice, Member, chosen_members

__all__ = [
    "Choice",
    "Entry",
    "Limits",
    "Member",
    "Outcome",
    "add_entry",
    "ask_each",
    "chosen_members",
    "environment_entries",
    "fleet_path",
    "parse_entries",
    "read_fleet",
    "remove_entry",
    "state_of",
    "unnamed_entry",
]
