"""Records of operations that no database took in their time: kept on disk, recorded later, each once."""

from __future__ import annotations

from dbtrack.tracking.spool.entry import Entry, place_digest
from dbtrack.tracking.spool.folder import SpoolError, drop
from dbtrack.tracking.spool.listing import ITEM_COLUMNS, Item, State, find_items, items_of, list_items
from dbtrack.tracking.spool.replay import Replay, record_entry, replay, replay_paths, waiting_paths
from dbtrack.tracking.spool.writing import PendingRecord

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
