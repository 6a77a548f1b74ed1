"""Keep on disk the records that a database could not take, and record each of them once, later."""

from __future__ import annotations

from dbtrack.spool.entry import Entry, place_digest
from dbtrack.spool.folder import SpoolError, drop
from dbtrack.spool.listing import ITEM_COLUMNS, Item, State, find_items, items_of, list_items
from dbtrack.spool.replay import Replay, record_entry, replay, replay_paths, waiting_paths
from dbtrack.spool.writing import PendingRecord

__all__ = [
    "ITEM_COLUMNS",
    "Entry",
    "Item",
    "PendingRecord",
    "Replay",
    "SpoolError",
    "State",
    "drop",
    "find_items",
    "items_of",
    "list_items",
    "place_digest",
    "record_entry",
    "replay",
    "replay_paths",
    "waiting_paths",
]
